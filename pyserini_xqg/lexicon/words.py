"""Words of a text and of a headword, in the form in which they are looked up. Pure."""

from __future__ import annotations

import unicodedata

import regex

_WORD = regex.compile(r"[\p{L}\p{M}](?:[\p{L}\p{M}\p{N}]|['’](?=\p{L})|[-‐‑](?=[\p{L}\p{N}]))*|\p{N}+(?:[.,:]\p{N}+)*")
_POSSESSIVE = regex.compile(r"['’]s$")
_PARTICLES = {"en": ("to ", "a ", "an ", "the ")}
"""What stands before a word in an article of a dictionary, by language, and says no more than its part of speech."""


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, as they stand there."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def folded(word: str) -> str:
    """A word as it is looked up: whatever its case, without an English possessive."""
    return _POSSESSIVE.sub("", word.casefold().replace("’", "'"))


def headword_key(headword: str, language: str) -> str:
    """A headword as it is looked up: its words, folded, one space between them; empty where it has none."""
    text = headword.strip().casefold()
    for particle in _PARTICLES.get(language, ()):
        if text.startswith(particle) and len(text) > len(particle):
            text = text.removeprefix(particle)
            break
    return " ".join(map(folded, words_of(text)))


def is_name(word: str) -> bool:
    """Whether a word looks like a name: it begins with a capital, or is made of them."""
    return word[:1].isupper()
