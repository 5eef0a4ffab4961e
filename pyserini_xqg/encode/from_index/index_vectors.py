"""What an index gives: its docids as a stream, and their vectors by their numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from pyserini_xqg.encode.from_index.index_folder import index_files
from pyserini_xqg.encode.window import EncodedPassages
from pyserini_xqg.errors import InputError, Location, StoreError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.sources import Source, Sources
from pyserini_xqg.input.records import OnError, Skipped, record_id


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage of an index.

    :param number: its vector's, from 0.
    """

    docid: str
    number: int
    where: Location


class IndexVectors(ABC):
    """An index whose vectors can be taken out; a :class:`~pyserini_xqg.input.passage_source.PassageSource`.

    :param place: the index folder.
    """

    dimension: int
    """The length of a vector."""
    kind: str
    """What people call such an index."""
    exact: bool
    """Whether it keeps vectors as they were put in."""

    def __init__(self, place: Path) -> None:
        self.place = place

    @abstractmethod
    def names(self) -> Iterator[tuple[int, str, Location]]:
        """The number, docid and place of each vector, in the index's order.

        :raises InputError: there is not one docid a vector.
        """

    @abstractmethod
    def sample(self, most: int) -> list[int]:
        """The numbers of at most so many vectors from all over the index."""

    @abstractmethod
    def vectors(self, numbers: Sequence[int]) -> np.ndarray:
        """The vectors of these numbers, in ascending order: float32 ``[len(numbers), dimension]``.

        :raises StoreError: they cannot be had.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the index."""

    @cached_property
    def _hashes(self) -> list[str]:
        return [sha256(path) for path in self.files()]

    def files(self) -> list[Path]:
        """See :class:`~pyserini_xqg.input.passage_source.PassageSource`."""
        return index_files(self.place)

    def file_hashes(self) -> list[str]:
        """See :class:`~pyserini_xqg.input.passage_source.PassageSource`."""
        return self._hashes

    def sources(self, hashes: Sequence[str], queries: Source | None) -> Sources:
        """See :class:`~pyserini_xqg.input.passage_source.PassageSource`."""
        return Sources(None, queries, Source.of(self.place, hashes))

    def read(self, on_error: OnError, skipped: Skipped | None = None) -> Iterator[IndexedPassage]:
        """See :class:`~pyserini_xqg.input.passage_source.PassageSource`."""
        for number, docid, where in self.names():
            try:
                passage = IndexedPassage(record_id({"docid": docid}, where), number, where)
            except InputError as error:
                if on_error is OnError.STOP:
                    raise
                if skipped is not None:
                    skipped.add(error)
                continue
            yield passage

    def take(self, passages: Sequence[IndexedPassage]) -> EncodedPassages:
        """Some passages with their vectors.

        :raises StoreError: a vector cannot be had, or is not finite.
        """
        vectors = self.vectors([passage.number for passage in passages])
        finite = np.isfinite(vectors).all(axis=1)
        if not finite.all():
            docid = passages[int(np.argmin(finite))].docid
            raise StoreError(
                f"the vector of {docid!r} in {self.place} is not finite, so that its score would mean nothing; build "
                "the index again"
            )
        return EncodedPassages([passage.docid for passage in passages], vectors)


def spread(count: int, most: int) -> list[int]:
    """At most so many of the numbers below ``count``, evenly from the first to the last."""
    return sorted({round(number) for number in np.linspace(0, count - 1, min(most, count)).tolist()})
