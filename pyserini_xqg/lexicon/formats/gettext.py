"""gettext's catalogues: what programs say, and iso-codes' names of countries, languages and currencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon import catalogue
from pyserini_xqg.lexicon.articles.wording import spelled, without_brackets
from pyserini_xqg.lexicon.codes import canonical
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank

_MOST_WORDS = 5
_NO_WORDS = re.compile(r"%|[{}<>$@\\\n\t|]|https?:|&\w+;|--\w")
"""Format specifiers, markup, paths and options."""
_MNEMONIC = re.compile(r"\s*\([_&]\w\)|[_&](?=\w)")
_COMMA = re.compile(r"[,\u060c\u3001\uff0c]")
_LETTER = re.compile(r"[^\W\d_]{2}")


class Gettext(DictionaryFormat):
    """Short messages in English, each with its translation."""

    name = "gettext"
    words = "gettext's .mo or .po"

    def knows(self, path: Path) -> bool:
        """By its suffix."""
        return path.suffix in (".mo", ".po")

    def headwords(self, path: Path) -> int | None:
        """The messages of a compiled catalogue."""
        return catalogue.size(path)

    def languages(self, path: Path) -> tuple[str, str] | None:
        """English, and the language of the folder, of the name of a ``.po`` file, or of the header."""
        from_place = path.parent.parent.name if path.parent.name == "LC_MESSAGES" else path.stem
        target = canonical(from_place) or canonical(catalogue.stated_language(path) or "")
        return ("en", target) if target and target != "en" else None

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the messages that are words, names or short phrases; a catalogue with a header alone has none."""
        empty = True
        for message, translation in catalogue.messages(path):
            empty = False
            for name, translated in _names(message, translation):
                headword, text = spelled(name, "en"), spelled(translated, canonical(target) or target)
                if _LETTER.search(headword) and text and len(headword.split()) <= _MOST_WORDS:
                    yield DictionaryEntry(headword, by_rank([text]))
        if empty:
            raise InputError(Location(path), "holds no message and no header; the catalogue is empty")


def _names(message: str, translation: str) -> list[tuple[str, str]]:
    """The parts of a message that are words or names, each with its translation.

    ``Spanish; Castilian`` are two names; of ``Tanzania, United Republic of`` the first part is one where
    the translation has a comma too, while ``French, Old`` may have become another word.
    """
    if not message or _NO_WORDS.search(message) or _NO_WORDS.search(translation):
        return []
    sides = [without_brackets(_MNEMONIC.sub("", text)).split(";") for text in (message, translation)]
    if len(sides[0]) != len(sides[1]):
        return []
    parted = [[_COMMA.split(text) for text in texts] for texts in sides]
    return [
        (one[0], other[0] if len(one) > 1 else ", ".join(other))
        for one, other in zip(*parted, strict=True)
        if len(one) == 1 or len(other) > 1
    ]


FORMAT = Gettext()
