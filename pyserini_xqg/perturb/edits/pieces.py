"""A query's words as a reader divides it, for leaving some out or changing their order; signs between them stay where
they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import regex

from pyserini_xqg.perturb.edits.words import words_of
from pyserini_xqg.perturb.scripts.scripts import UNSPACED, scripts_of

_SPACED = regex.compile(r"[\p{L}\p{M}\p{N}](?:\S*[\p{L}\p{M}\p{N}])?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, or a number, and where it stands in code points."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where the text goes on."""
        return self.start + len(self.text)


def is_unspaced(code: str) -> bool:
    """Whether a language is written without spaces between words."""
    return not UNSPACED.isdisjoint(scripts_of(code)) and code != "ko"


def pieces_of(text: str, code: str, stops: AbstractSet[str]) -> list[Piece]:
    """The words of a query: what stands between spaces, without outer signs; runs of one script where a language has no
    spaces.
    """
    if is_unspaced(code):
        letters = [Piece(word.start, word.text) for word in words_of(text, stops)]
        numbers = [Piece(found.start(), found[0]) for found in regex.finditer(r"\p{N}+", text)]
        return sorted([*letters, *numbers], key=lambda piece: piece.start)
    return [Piece(found.start(), found[0]) for found in _SPACED.finditer(text)]


def with_pieces(text: str, pieces: Sequence[Piece], new: Sequence[str]) -> str:
    """The text with other words in the places of its own."""
    parts, place = [], 0
    for piece, word in zip(pieces, new, strict=True):
        parts += [text[place : piece.start], word]
        place = piece.end
    return "".join([*parts, text[place:]])
