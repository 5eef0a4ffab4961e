"""What a kind of parallel text says of itself, so that whoever reads some need not know which it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Direction:
    """From which language into which.

    :param source: the code of the one that a lexicon's headwords are in.
    :param target: that of their translations.
    """

    source: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A sentence, or a paragraph, in both languages; either may be empty."""

    source: str
    target: str


class ParallelKind(ABC):
    """A kind of parallel text.

    :cvar name: what it is called in messages and records.
    :cvar words: the files that are of it, in words for ``--help``.
    """

    name: ClassVar[str]
    words: ClassVar[str]

    @abstractmethod
    def files(self, path: Path, direction: Direction) -> tuple[Path, ...]:
        """The files to be read together for these languages, where the path is one of them; none where it is of another
        kind, or where its name says that it is in other languages.

        :raises InputError: a file that must be looked into is damaged.
        """

    @abstractmethod
    def read(self, files: tuple[Path, ...], direction: Direction) -> Iterator[SentencePair]:
        """Stream the pairs.

        :param files: what :meth:`files` found.
        :raises InputError: with the file and, where there is one, the line, for one that is damaged or cut short.
        """
