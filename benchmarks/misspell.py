"""The prototype's misspeller, for ``benchmarks/xquad.py`` alone, so that its figures stay comparable with earlier ones.

It puts one or two edits anywhere in a query, in short words and stop words too, and draws letters from the queries
themselves. What users get is ``pyserini_xqg.perturb``, which keeps to the papers' rules; ``benchmarks/perturb.py`` has
both side by side.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable

import regex

_EDITS = ("swap", "replace", "drop", "insert")


class Misspeller:
    """Misspells the queries of one language.

    :param texts: the language's queries, from which letters are drawn.
    :param seed: the same seed misspells the same query in the same way, whatever else is misspelled.
    """

    def __init__(self, texts: Iterable[str], seed: int) -> None:
        self._seed = seed
        self._letters: dict[str, list[str]] = {}
        for text in texts:
            for grapheme in _graphemes(text):
                if _is_letter(grapheme):
                    self._letters.setdefault(_script(grapheme), []).append(grapheme)

    def misspell(self, text: str) -> str:
        """The text with one or two edits; a text without letters stays as it is."""
        chance = random.Random(f"{self._seed}:{text}")
        graphemes = _graphemes(text)
        for _ in range(chance.choice((1, 2))):
            places = [place for place, grapheme in enumerate(graphemes) if _is_letter(grapheme)]
            if places:
                graphemes = self._edited(graphemes, chance.choice(places), chance)
        return "".join(graphemes)

    def _edited(self, graphemes: list[str], place: int, chance: random.Random) -> list[str]:
        here = graphemes[place]
        before, after = graphemes[:place], graphemes[place + 1 :]
        match chance.choice(_EDITS):
            case "swap" if after and _is_letter(after[0]) and after[0] != here:
                return [*before, after[0], here, *after[1:]]
            case "drop" if len(graphemes) > 1:
                return before + after
            case "insert":
                return [*before, here, self._another(here, chance), *after]
            case _:
                return [*before, self._another(here, chance), *after]

    def _another(self, grapheme: str, chance: random.Random) -> str:
        letters = self._letters[_script(grapheme)]
        drawn = chance.choice(letters)
        while drawn == grapheme and len(set(letters)) > 1:
            drawn = chance.choice(letters)
        return drawn


def _graphemes(text: str) -> list[str]:
    return regex.findall(r"\X", text)


def _is_letter(grapheme: str) -> bool:
    return grapheme[0].isalpha()


def _script(grapheme: str) -> str:
    """The first word of the letter's Unicode name: LATIN, CYRILLIC, CJK, …"""
    return unicodedata.name(grapheme[0], "?").split()[0]
