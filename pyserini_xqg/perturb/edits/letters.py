"""What holds for any text, whatever its script: graphemes, whether its marks have their letters, and capitals."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

_GRAPHEME = regex.compile(r"\X")
_BROKEN = regex.compile(
    r"(?:^|[\s\p{Cc}])\p{M}"  # a mark without what it stands on
    r"|[\p{Cn}\p{Cs}\uFFFD]"  # nothing that Unicode knows
    r"|(?:^|\s)[\u200c\u200d]|[\u200c\u200d]{2}"  # a joiner that joins nothing
)


def graphemes(text: str) -> list[str]:
    """What a reader calls letters: extended grapheme clusters (UAX #29)."""
    return _GRAPHEME.findall(text)


def is_whole(text: str) -> bool:
    """Whether every combining mark stands on something and every character is one that Unicode knows."""
    return _BROKEN.search(text) is None


@lru_cache(maxsize=65_536)
def lower(letter: str, code: str) -> str:
    """A letter without its capital form; Turkish tells i and ı apart."""
    if code == "tr" and letter in ("I", "İ"):
        return "ı" if letter == "I" else "i"
    return letter.lower()


@lru_cache(maxsize=65_536)
def upper(letter: str, code: str) -> str:
    """A letter's capital form, or itself where that would be several letters (ß)."""
    if code == "tr" and letter == "i":
        return "İ"
    found = letter.upper()
    return found if len(found) == len(letter) else letter


def is_capital(letter: str) -> bool:
    """Whether a letter is a capital."""
    return letter[:1].isupper()


@lru_cache(maxsize=65_536)
def base(letter: str) -> str:
    """A grapheme's first letter without marks (``ẹ́`` → ``e``); itself where that is none."""
    first = unicodedata.normalize("NFD", letter)[:1]
    return first if first.isalpha() else letter
