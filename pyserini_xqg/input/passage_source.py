"""Where passages come from: a corpus, or whatever else names its passages one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyserini_xqg.errors import Location
from pyserini_xqg.files.sources import Source, Sources
from pyserini_xqg.input.hashes import file_hashes
from pyserini_xqg.input.passages import Passage, read_passages
from pyserini_xqg.input.records import OnError, Skipped, json_files


class PassageRecord(Protocol):
    """What every passage has, wherever it comes from."""

    @property
    def docid(self) -> str:
        """Its docid."""

    @property
    def where(self) -> Location:
        """Where it stands, a place of its own."""


class PassageSource[Record: PassageRecord](Protocol):
    """Passages that can be read again and again, in the same order."""

    @property
    def place(self) -> Path:
        """The file or folder, as people named it."""

    def files(self) -> list[Path]:
        """All that is read of it, in order.

        :raises InputError: there is nothing there.
        """

    def file_hashes(self) -> list[str]:
        """The SHA-256 of each of its files."""

    def read(self, on_error: OnError, skipped: Skipped | None = None) -> Iterator[Record]:
        """Stream the passages.

        :raises InputError: with the place, for a passage that cannot be used.
        """

    def sources(self, hashes: Sequence[str], queries: Source | None) -> Sources:
        """What is to be remembered of it, and of the queries.

        :param hashes: of its files.
        """


@dataclass(frozen=True, slots=True)
class CorpusSource:
    """A corpus: a JSONL file, or a folder of such files."""

    place: Path

    def files(self) -> list[Path]:
        """See :class:`PassageSource`."""
        return json_files(self.place)

    def file_hashes(self) -> list[str]:
        """See :class:`PassageSource`."""
        return file_hashes(self.place)

    def read(self, on_error: OnError, skipped: Skipped | None = None) -> Iterator[Passage]:
        """See :class:`PassageSource`."""
        return read_passages(self.place, on_error, skipped)

    def sources(self, hashes: Sequence[str], queries: Source | None) -> Sources:
        """See :class:`PassageSource`."""
        return Sources(Source.of(self.place, hashes), queries)
