"""EDICT's text files: words (edict), names (enamdict) and computing (compdic), in EUC-JP or UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.articles.edict import parse
from pyserini_xqg.lexicon.articles.wording import pieces
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.streams import opened

_STEMS = ("edict", "edict2", "edict2u", "enamdict", "compdic")
_SUFFIXES = ("", ".gz", ".utf8", ".txt", ".euc")
_ENCODINGS = ("utf-8", "euc_jp")
_TITLE = "\u3000"
"""What the line about the file itself begins with, a wide space, so that it is sorted first."""
_BLOCK = 1 << 20
_SEEN_FOR_ENCODING = 1 << 16


class Edict(DictionaryFormat):
    """A line a word: ``漢字 [かんじ] /(n) Chinese character/``."""

    name = "EDICT"
    words = "edict, edict2, enamdict or compdic (text, plain or .gz)"

    def knows(self, path: Path) -> bool:
        """By its name, under which all distributors have it."""
        return path.suffix in _SUFFIXES and path.name.split(".")[0].lower() in _STEMS

    def headwords(self, path: Path) -> int | None:
        """The lines; not counted where they are packed."""
        if path.suffix == ".gz":
            return None
        with opened(path) as stream:
            return sum(block.count(b"\n") for block in iter(partial(stream.read, _BLOCK), b""))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """Always the same."""
        return "ja", "en"

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the words, as written and as read aloud."""
        encoding = _encoding(path)
        known = False
        with opened(path) as stream:
            for number, raw in enumerate(stream, 1):
                try:
                    line = raw.decode(encoding)
                except UnicodeDecodeError as error:
                    raise InputError(
                        Location(path, number),
                        f"not {encoding.upper().replace('_', '-')} text, as the lines before it are ({error.reason}); "
                        "fetch the file again",
                    ) from error
                parsed = None if line.startswith(_TITLE) else parse(line)
                if parsed is None:
                    continue
                known = True
                translations = by_rank(list(pieces(parsed.glosses, target)))
                for headword in parsed.headwords if translations else ():
                    yield DictionaryEntry(headword, translations)
        if not known:
            raise InputError(Location(path), "holds no line of EDICT's; expected `word [reading] /translation/`")


def _encoding(path: Path) -> str:
    """The first encoding in which the file's beginning, up to its last whole line there, is text."""
    with opened(path) as stream:
        start = stream.read(_SEEN_FOR_ENCODING).rpartition(b"\n")[0]
    for encoding in _ENCODINGS:
        try:
            start.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise InputError(Location(path), "neither EUC-JP nor UTF-8 text; convert the dictionary to UTF-8")


FORMAT = Edict()
