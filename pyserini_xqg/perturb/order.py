"""The same words in another order; signs stay in their places."""

from __future__ import annotations

import random
from collections.abc import Set as AbstractSet

from pyserini_xqg.perturb.edits.pieces import pieces_of, with_pieces

_TRIES = 8


def exchanges(text: str, code: str, stops: AbstractSet[str]) -> list[str]:
    """The text with two neighbouring words in each other's place, every pair in turn."""
    pieces = pieces_of(text, code, stops)
    words = [piece.text for piece in pieces]
    found = [
        with_pieces(text, pieces, [*words[:place], words[place + 1], words[place], *words[place + 2 :]])
        for place in range(len(words) - 1)
    ]
    return [new for new in dict.fromkeys(found) if new != text]


def shuffled(text: str, code: str, stops: AbstractSet[str], rng: random.Random) -> str | None:
    """The text with its words in any order; None where that makes no difference."""
    pieces = pieces_of(text, code, stops)
    words = [piece.text for piece in pieces]
    for _ in range(_TRIES if len(set(words)) > 1 else 0):
        rng.shuffle(words)
        new = with_pieces(text, pieces, words)
        if new != text:
            return new
    return None
