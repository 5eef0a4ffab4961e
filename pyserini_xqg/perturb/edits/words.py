"""The words of a text: runs of letters and marks of one script.

Spaces and punctuation end a word, and so does another script (``iPhoneの`` is two). Where a script has no spaces
between words, a run of it is what can be told without a dictionary; in Chinese it ends at the characters that the
caller names as stop words too.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import regex

from pyserini_xqg.perturb.scripts.scripts import SHARED, script_of

_RUN = regex.compile(r"\p{L}(?:[\p{L}\p{M}]|[\u200c\u200d](?=\p{L}))*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands, in code points.

    :param index: its number in the text, from 0.
    :param script: the ISO 15924 code of its script.
    """

    index: int
    start: int
    text: str
    script: str

    @property
    def end(self) -> int:
        """Where the text goes on."""
        return self.start + len(self.text)


def words_of(text: str, stops: AbstractSet[str] = frozenset()) -> list[Word]:
    """The words of a text in their order.

    :param stops: stop words; those of one ideograph end a run of ideographs.
    """
    found: list[Word] = []
    for run in _RUN.finditer(text):
        start, script = run.start(), SHARED
        for place in range(start, run.end()):
            mine = script_of(text[place])
            if mine == SHARED:
                continue
            if script not in (SHARED, mine) or (
                mine == "Hani" and place > start and not stops.isdisjoint((text[place], text[place - 1]))
            ):
                _append(found, text, start, place, script)
                start = place
            script = mine
        _append(found, text, start, run.end(), script)
    return found


def _append(found: list[Word], text: str, start: int, end: int, script: str) -> None:
    if end > start:
        found.append(Word(len(found), start, text[start:end].rstrip("\u200c\u200d"), script))


def replaced(text: str, changes: Collection[tuple[Word, str]]) -> str:
    """The text with words put in the place of others."""
    parts, place = [], 0
    for word, new in sorted(changes, key=lambda change: change[0].start):
        parts += [text[place : word.start], new]
        place = word.end
    return "".join([*parts, text[place:]])
