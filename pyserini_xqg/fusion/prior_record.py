"""What an index remembers of the prior that it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LEARNED = "learned"
"""What a slope is called that was learned from the store itself."""


@dataclass(frozen=True, slots=True)
class HeldOutScores:
    """Mean reciprocal ranks, 0 to 1.

    :param plain: of the passages as they are.
    :param mean: drawn towards each language's mean query.
    :param predicted: drawn towards what is predicted for each passage.
    :param error: the standard error of the last two's difference, passages being what is drawn.
    """

    plain: float
    mean: float
    predicted: float
    error: float

    @property
    def better(self) -> bool:
        """Whether prediction does better beyond what luck would explain, two standard errors."""
        return self.predicted - self.mean > 2 * self.error


@dataclass(frozen=True, slots=True)
class PriorRecord:
    """What the prior was made of, for ``xqg.json``, the card and the terminal.

    :param languages: its rows; a single ``""`` where the store keeps one total.
    :param kappas: by language.
    :param passages: by language, how many passages have queries of their own.
    :param queries: by language, how many queries those are.
    :param bank: the bank's name; empty for none. Its kind and the SHA-256 of its texts stand beside it.
    :param bank_texts: by language, how many texts of the bank.
    :param slope: ``learned``, or where it is from; empty for none.
    :param penalty: of a learned slope.
    :param learned_from: passages that it was learned from.
    :param held_out: what it did where it was not learned; None where that could not be told.
    """

    languages: tuple[str, ...]
    kappas: tuple[float, ...]
    passages: tuple[int, ...]
    queries: tuple[int, ...]
    bank: str = ""
    bank_kind: str = ""
    bank_sha256: str = ""
    bank_texts: tuple[int, ...] = ()
    slope: str = ""
    penalty: float | None = None
    learned_from: int = 0
    held_out: HeldOutScores | None = None


def prior_record(raw: Any) -> PriorRecord | None:
    """The record that ``xqg.json`` holds; None where it holds none.

    :raises KeyError, TypeError: it is damaged.
    """
    if raw is None:
        return None
    held_out = raw["held_out"]
    lists = {name: tuple(raw[name]) for name in ("languages", "kappas", "passages", "queries", "bank_texts")}
    return PriorRecord(**{**raw, **lists, "held_out": None if held_out is None else HeldOutScores(**held_out)})
