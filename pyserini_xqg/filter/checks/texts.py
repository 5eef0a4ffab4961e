"""What several checks need to know of a text: how it reads without case and punctuation, its tokens, its character
n-grams.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_WIDE_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "THAI")
"""First words of the Unicode names of letters that say more a letter than an alphabet's do: syllables and ideographs,
and Thai without spaces.
"""
_UNSPACED_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "THAI")
"""Those written without spaces between words."""


@lru_cache(maxsize=65_536)
def letter_script(letter: str) -> str:
    """The first word of a letter's Unicode name, which names its script (``ARABIC``, ``CJK``); empty for what is no
    letter.
    """
    if not unicodedata.category(letter).startswith("L"):
        return ""
    return unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]


def normalised(text: str) -> str:
    """A text as it is compared: NFKC, case-folded, marks kept, everything but letters, digits and marks a single space.

    Invisible format characters (joiners, direction marks) go without a trace, since they divide no words.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(map(_comparable, folded)).split())


@lru_cache(maxsize=65_536)
def _comparable(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LNM":
        return character
    return "" if category == "Cf" else " "


def exact_form(text: str) -> str:
    """What two queries must share to be the same: :func:`normalised`, or the stripped text where that leaves nothing
    (``???``).
    """
    return normalised(text) or text.strip()


def tokens(text: str) -> list[str]:
    """The words of a text in the form of :func:`normalised`; a character each where the script has no spaces between
    words.
    """
    found: list[str] = []
    for word in normalised(text).split():
        found.extend(_split_unspaced(word))
    return found


def _split_unspaced(word: str) -> list[str]:
    parts: list[str] = []
    joined = False
    for character in word:
        alone = letter_script(character) in _UNSPACED_SCRIPTS
        # A mark belongs to the letter before it.
        if unicodedata.category(character).startswith("M") and parts:
            parts[-1] += character
            continue
        if alone or not joined:
            parts.append(character)
        else:
            parts[-1] += character
        joined = not alone
    return parts


def length(text: str) -> int:
    """How much a text says: letters and digits, where ideographs, kana, Hangul syllables and Thai letters count
    twice.
    """
    return sum(
        2 if letter_script(character) in _WIDE_SCRIPTS else 1
        for character in normalised(text)
        if unicodedata.category(character)[0] in "LN"
    )


def character_ngrams(text: str) -> frozenset[str]:
    """Character trigrams of the normalised text between spaces; bigrams where it is mostly written without spaces.

    A text of Chinese is half as long as its translation: one changed character would spoil three of its few trigrams.
    """
    form = normalised(text)
    unspaced = sum(letter_script(character) in _UNSPACED_SCRIPTS for character in form)
    size = 2 if 2 * unspaced > len(form) else 3
    padded = f" {form} "
    return frozenset(padded[start : start + size] for start in range(max(1, len(padded) - size + 1)))
