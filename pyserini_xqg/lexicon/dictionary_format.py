"""What a format of dictionaries says of itself, so that whoever reads one need not know which it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from pyserini_xqg.lexicon.entry import DictionaryEntry


class DictionaryFormat(ABC):
    """A format.

    :cvar name: what it is called in messages and in `doctor`.
    :cvar words: the files that are of it, in words for ``--help``.
    :cvar holds_names: whether nothing but names is ever in it, which say nothing of words that a dictionary has.
    """

    name: ClassVar[str]
    words: ClassVar[str]
    holds_names: ClassVar[bool] = False

    @abstractmethod
    def knows(self, path: Path) -> bool:
        """Whether a file is of this format, as far as its name (or the names beside it) tells."""

    def main_file(self, path: Path) -> Path:
        """The file that stands for the dictionary where it consists of several; else the file itself."""
        return path

    def headwords(self, path: Path) -> int | None:
        """About how many headwords it has, where this can be told without reading it entry by entry.

        :raises InputError: the file cannot be read.
        """
        return None

    @abstractmethod
    def languages(self, path: Path) -> tuple[str, str] | None:
        """The codes of the headwords' and of the translations' language, as far as the file or its name says; None
        where neither does.

        :raises InputError: the file is damaged.
        """

    @abstractmethod
    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream its entries, those without a translation left out.

        :param target: the code of the translations' language: one that a format of many languages is read for.
        :raises InputError: with the file and, where there are any, the line, for one that is damaged, cut short or in
            another encoding.
        """
