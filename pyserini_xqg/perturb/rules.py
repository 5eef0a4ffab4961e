"""What the operations that need nothing but the query make of it: orders, naturality, scripts."""

from __future__ import annotations

import random
from collections.abc import Set as AbstractSet

from pyserini_xqg.perturb.edits.words import replaced, words_of
from pyserini_xqg.perturb.naturality import keywords, without_stop_words
from pyserini_xqg.perturb.operations import Operation
from pyserini_xqg.perturb.order import exchanges, shuffled
from pyserini_xqg.perturb.scripts.diacritics import without_diacritics
from pyserini_xqg.perturb.scripts.romanise import romanised
from pyserini_xqg.perturb.scripts.width import other_width


def every_outcome(text: str, code: str, operation: Operation, stops: AbstractSet[str]) -> list[str]:
    """All that an operation can make of a query, in a fixed order; nothing for :attr:`Operation.SHUFFLE`, which has too
    many.
    """
    match operation:
        case Operation.EXCHANGE:
            return exchanges(text, code, stops)
        case Operation.STOP_WORDS:
            found = without_stop_words(text, code, stops)
        case Operation.KEYWORDS:
            found = keywords(text, code, stops)
        case Operation.PLAIN:
            found = _plain(text)
        case Operation.ROMANISE:
            found = romanised(text, code)
        case Operation.WIDTH:
            found = other_width(text, code)
        case _:
            return []
    return [] if found is None else [found]


def one_outcome(text: str, code: str, operation: Operation, stops: AbstractSet[str], rng: random.Random) -> str | None:
    """One of the outcomes by chance; None where there is none."""
    if operation is Operation.SHUFFLE:
        return shuffled(text, code, stops, rng)
    outcomes = every_outcome(text, code, operation, stops)
    return rng.choice(outcomes) if outcomes else None


def _plain(text: str) -> str | None:
    found = replaced(text, [(word, without_diacritics(word.text, word.script)) for word in words_of(text)])
    return found if found != text else None
