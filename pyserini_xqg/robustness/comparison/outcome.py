"""What a perturbation does to each query of one system in one language: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_TIE = 1e-9
"""Scores no further apart are equal: an average over variants is rounded."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many queries score higher once perturbed, alike, and lower; the average over variants is what counts."""

    wins: int = 0
    ties: int = 0
    losses: int = 0

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(self.wins + other.wins, self.ties + other.ties, self.losses + other.losses)

    def __str__(self) -> str:
        return f"{self.wins}/{self.ties}/{self.losses}"


@dataclass(frozen=True, slots=True)
class PerQuery:
    """Scores by query, float ``[queries]`` each.

    :param perturbed: the average over the variants of the query.
    :param worst: the lowest score that any variant of the query gets; an adversary who knows the judgments would choose
        it.
    """

    clean: np.ndarray
    perturbed: np.ndarray
    worst: np.ndarray

    @property
    def drop(self) -> np.ndarray:
        """What each query loses; below 0 where it gains."""
        return self.clean - self.perturbed

    @property
    def outcomes(self) -> Outcomes:
        """Wins, ties and losses of the perturbed queries."""
        wins, losses = int((self.drop < -_TIE).sum()), int((self.drop > _TIE).sum())
        return Outcomes(wins, len(self.drop) - wins - losses, losses)


def per_query(clean: Sequence[float], variants: Sequence[Sequence[float]]) -> PerQuery:
    """Average and worst case over the variants.

    :param clean: the score of each query.
    :param variants: for each variant the score of each query, in the same order.
    """
    before, matrix = np.array(clean, dtype=np.float64), np.array(variants, dtype=np.float64)
    # The mean of what changes: where nothing does it is 0, not a rounding error that a t-test would take for a drop
    # without spread.
    return PerQuery(before, before + (matrix - before).mean(axis=0), matrix.min(axis=0))
