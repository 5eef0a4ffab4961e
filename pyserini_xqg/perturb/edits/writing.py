"""How a word is typed in its script: the pieces that a slip swaps, drops or doubles, and whether pieces make a word
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyserini_xqg.perturb.edits.letters import graphemes, is_whole
from pyserini_xqg.perturb.scripts.abugida import ABUGIDAS, is_syllabic
from pyserini_xqg.perturb.scripts.hangul import strokes, syllables

_SHORTEST = {"Hani": 2, "Hang": 2, "Ethi": 2}
_SHORTEST_ALPHABETIC = 3


@dataclass(frozen=True, slots=True)
class Writing:
    """How one script is typed.

    :param split: a word's pieces: letters with their accents (alphabets, kana, Ethiopic, ideographs), characters
        (abugidas: consonants and vowel signs have keys of their own), strokes (Hangul).
    :param join: the word that pieces make; None where it could not be typed or shown.
    :param shortest: letters of the shortest word that is misspelled. The papers' three, in which syllables and
        ideographs count for more.
    """

    split: Callable[[str], list[str]]
    join: Callable[[Sequence[str]], str | None]
    shortest: int

    def is_long_enough(self, word: str) -> bool:
        """Whether a word has enough letters."""
        return (
            len(word) >= self.shortest and (len(word) if self.split is list else len(graphemes(word))) >= self.shortest
        )


@lru_cache(maxsize=65_536)
def writing_of(script: str, word: str) -> Writing:
    """How a word is typed; one that breaks its script's rules already is treated by its graphemes."""
    found = _writing(script)
    return found if found.join(found.split(word)) == word else _writing("")


@lru_cache
def _writing(script: str) -> Writing:
    shortest = _SHORTEST.get(script, _SHORTEST_ALPHABETIC)
    if script == "Hang":
        return Writing(strokes, syllables, shortest)
    if script in ABUGIDAS:
        return Writing(list, lambda pieces: _checked("".join(pieces), script), shortest)
    return Writing(graphemes, _whole, shortest)


def _checked(word: str, script: str) -> str | None:
    return word if is_syllabic(word, script) else None


def _whole(pieces: Sequence[str]) -> str | None:
    word = "".join(pieces)
    return (
        word if graphemes(word) == list(pieces) and is_whole(word) else None
    )  # no mark among the pieces joins the letter before it
