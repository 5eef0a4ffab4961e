"""Cutting a passage so that it fits a model's window together with its prompt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_CHARACTERS_A_TOKEN = 16
"""More than tokens hold on average in any language: what lies further back in an endless passage is not even
counted.
"""


@dataclass(frozen=True, slots=True)
class FittedPrompt:
    """A prompt that fits.

    :param cut: whether the passage had to be shortened.
    """

    ids: list[int]
    cut: bool


def fit(passage: str, limit: int, encode: Callable[[str], list[int]]) -> FittedPrompt | None:
    """Encode a prompt with as much of its passage, from its beginning, as ``limit`` tokens allow; None where the prompt
    alone is longer.

    :param encode: from the passage to the tokens of the whole prompt.
    """
    head = passage[: limit * _CHARACTERS_A_TOKEN]
    ids = encode(head)
    if len(ids) <= limit:
        return FittedPrompt(ids, len(head) < len(passage))
    fits, too_long = 0, len(head)
    found = encode("")
    if len(found) > limit:
        return None
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        ids = encode(head[:middle])
        if len(ids) <= limit:
            fits, found = middle, ids
        else:
            too_long = middle
    return FittedPrompt(found, True)
