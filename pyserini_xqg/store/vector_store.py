"""A vector store on disk, for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import columns_of, languages_of
from pyserini_xqg.store.meta import read_meta, shard_folder
from pyserini_xqg.store.shard import Shard


class VectorStore:
    """A vector store on disk, for reading; it must be whole.

    :raises StoreError: there is none, it is damaged, or shards are missing.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = folder = Path(folder)
        self.meta = read_meta(folder)
        missing = [number for number in range(self.meta.shards) if not shard_folder(folder, number).is_dir()]
        if missing:
            raise StoreError(
                f"{folder} is not finished: {len(missing)} of {self.meta.shards} shards are missing "
                f"({', '.join(map(str, missing[:5]))}{', …' if len(missing) > 5 else ''}); run the same encode "
                "command again (each --shard-id)"
            )

    def shards(self) -> Iterator[Shard]:
        """Each shard, in the corpus's order."""
        for number in range(self.meta.shards):
            yield Shard(shard_folder(self.folder, number), self.meta)

    def choose_languages(self, asked: Sequence[str]) -> tuple[str, ...]:
        """The columns to use: those of the languages that were asked for, or all of the store.

        :raises UsageError: the store lacks one, or kept only a total.
        """
        if not asked:
            return self.meta.languages
        if self.meta.keep is Keep.TOTAL and set(asked) != set(self.meta.languages):
            raise UsageError(
                f"{self.folder} keeps one sum over {', '.join(self.meta.languages)}; encode with --keep languages to "
                "choose among them"
            )
        unknown = [code for code in asked if code not in languages_of(self.meta.languages)]
        if unknown:
            raise UsageError(
                f"{self.folder} has no queries in {', '.join(unknown)}; it has "
                f"{', '.join(languages_of(self.meta.languages)) or 'none'}"
            )
        return tuple(asked) if self.meta.keep is Keep.TOTAL else columns_of(asked, self.meta.languages)

    def check_first(self, first: int | None) -> None:
        """See that the first n queries can be told apart.

        :raises UsageError: the store kept sums only.
        """
        if first is not None and self.meta.keep is not Keep.RANKS:
            raise UsageError(
                f"{self.folder} keeps sums, so the first {first} queries cannot be told apart; encode with --keep ranks"
            )

    def query_numbers(self, languages: Sequence[str], first: int | None = None) -> tuple[int, int]:
        """The smallest and the largest number of queries that a passage has in these languages together."""
        smallest, largest = np.iinfo(np.int64).max, 0
        for shard in self.shards():
            numbers = shard.counts(languages, first).sum(axis=1)
            smallest, largest = min(smallest, int(numbers.min())), max(largest, int(numbers.max()))
        return smallest, largest
