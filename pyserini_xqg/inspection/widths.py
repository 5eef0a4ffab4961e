"""Texts of any script in columns of a terminal, as well as a terminal allows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_TAKES_NO_CELL = frozenset({"Mn", "Me", "Cf"})
"""Marks that stand on the letter before them, and signs that nobody sees."""


def width(text: str) -> int:
    """The cells that a text takes in a terminal."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in _TAKES_NO_CELL:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def padded(text: str, cells: int) -> str:
    """The text, filled up at its end."""
    return text + " " * (cells - width(text))


def cut(text: str, cells: int) -> str:
    """The text on one line of at most so many cells; where that is too few it ends in an ellipsis."""
    line = " ".join(text.split())
    return line if width(line) <= cells else _beginning(line, cells - 1).rstrip() + "…"


def _beginning(line: str, cells: int) -> str:
    taken = 0
    for place, character in enumerate(line):
        taken += _cells(character)
        if taken > cells:
            return line[:place]
    return line


def wrapped(text: str, cells: int, lines: int) -> Iterator[str]:
    """The text on at most so many lines, broken at spaces, or anywhere where there are none."""
    rest = " ".join(text.split())
    for _ in range(lines - 1):
        if width(rest) <= cells:
            break
        head = _beginning(rest, cells)
        if not rest[len(head)].isspace() and " " in head:
            head = head[: head.rindex(" ")]
        yield head.rstrip()
        rest = rest[len(head) :].lstrip()
    if rest:
        yield cut(rest, cells)
