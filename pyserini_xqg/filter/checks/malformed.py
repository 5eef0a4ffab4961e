"""Queries that are none in any language: empty, debris, too short, or one word over and over. Pure functions of the
text.
"""

from __future__ import annotations

import unicodedata

from pyserini_xqg.filter.checks.texts import length, tokens

_WHITE_SPACE = "\t\n\r"
_REPEATING_FROM = 8
"""Tokens below which repetition says nothing: 'who is who' is a question."""


def control_characters(text: str) -> int:
    """How many characters no writer types: controls other than white space, U+FFFD, private use.

    Format characters (joiners, direction marks) are no debris: Persian, Hindi and Arabic need them.
    """
    return sum(
        character == "\ufffd" or (unicodedata.category(character) in ("Cc", "Co") and character not in _WHITE_SPACE)
        for character in text
    )


def has_letters(text: str) -> bool:
    """Whether there is a letter of any script."""
    return any(unicodedata.category(character).startswith("L") for character in text)


def is_short(text: str, least: int) -> bool:
    """Whether it says less than ``least`` letters and digits do (see
    :func:`pyserini_xqg.filter.checks.texts.length`).
    """
    return length(text) < least


def distinct_share(text: str) -> float:
    """Distinct tokens by all tokens, in (0, 1]; 1 for a text of few tokens."""
    words = tokens(text)
    return len(set(words)) / len(words) if len(words) >= _REPEATING_FROM else 1.0
