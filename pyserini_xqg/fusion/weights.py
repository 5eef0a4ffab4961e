"""What kinds of text weigh beside each other, as the command line and ``xqg.json`` say it."""

from __future__ import annotations

import math

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.text_kind import TextKind

Weights = tuple[tuple[str, float], ...]
"""Kinds and what their texts weigh."""


def parse_weights(words: str) -> Weights:
    """``gloss=0.4,translation=1.5`` as pairs, in the order of the kinds.

    :raises UsageError: another shape, an unknown kind, one that comes twice, or a weight that is no number from 0 up.
    """
    given: dict[str, float] = {}
    kinds = ", ".join(TextKind)
    for word in words.split(","):
        name, _, number = word.partition("=")
        if name.strip() not in set(TextKind):
            raise UsageError(f"--weights {words!r}: there is no kind of text {name.strip()!r}; there are {kinds}")
        if name.strip() in given:
            raise UsageError(f"--weights {words!r} names {name.strip()} twice")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not (math.isfinite(weight) and weight >= 0):
            raise UsageError(f"--weights {words!r}: expected KIND=WEIGHT, a number from 0 up, such as gloss=0.4")
        given[name.strip()] = weight
    return tuple((str(kind), given[kind]) for kind in TextKind if kind in given)


def weights_in_words(weights: Weights) -> str:
    """As :func:`parse_weights` takes them."""
    return ",".join(f"{kind}={weight!r}" for kind, weight in weights)
