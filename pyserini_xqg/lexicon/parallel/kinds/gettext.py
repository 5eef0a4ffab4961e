"""gettext's catalogues: what programs say in English, and how they say it in other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.lexicon import catalogue
from pyserini_xqg.lexicon.formats.gettext import FORMAT as AS_DICTIONARY
from pyserini_xqg.lexicon.parallel.kind import Direction, ParallelKind, SentencePair

_MNEMONIC = re.compile(r"\s*\([_&]\w\)|[_&](?=\w)")
_NO_WORDS = re.compile(r"<[^<>]*>|%(?:\(\w+\))?[-+ #0-9.*]*(?:l|ll|h|z)?[a-zA-Z]|\$?\{[^{}]*\}|&\w+;|\\[nt]")
"""Markup, format specifiers and placeholders."""
_OTHER_SCRIPT = re.compile(r"zh[-_](?:TW|HK|Hant)")
"""Chinese in the script that is not this project's ``zh``."""


class GettextPairs(ParallelKind):
    """Messages of any length; from the English or into it."""

    name = "gettext"
    words = "gettext's .mo or .po (of English messages)"

    def files(self, path: Path, direction: Direction) -> tuple[Path, ...]:
        """The catalogue, where one of the languages is English and the other its own."""
        if not AS_DICTIONARY.knows(path) or "en" not in (direction.source, direction.target):
            return ()
        if any(map(_OTHER_SCRIPT.match, (path.stem, path.parent.parent.name))):
            return ()
        named = AS_DICTIONARY.languages(path)
        return (path,) if named and {*named} == {direction.source, direction.target} else ()

    def read(self, files: tuple[Path, ...], direction: Direction) -> Iterator[SentencePair]:
        """Messages without mnemonics, markup and placeholders."""
        for message, translation in catalogue.messages(files[0]):
            if message:
                english, other = _sentence(message), _sentence(translation)
                yield SentencePair(english, other) if direction.source == "en" else SentencePair(other, english)


def _sentence(message: str) -> str:
    return " ".join(_NO_WORDS.sub(" ", _MNEMONIC.sub("", message)).split())


KIND = GettextPairs()
