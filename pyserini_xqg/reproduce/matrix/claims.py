"""What a matrix's conditions have to say about its claims. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.evaluate.scoring.scores import MACRO, RunScores
from pyserini_xqg.evaluate.statistics.intervals import Interval, intervals
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import LEVEL, compare
from pyserini_xqg.reproduce.matrix.model import Claim, Matrix

_RESAMPLES = 10_000


class Holds(StrEnum):
    """Whether what is claimed is seen."""

    YES = "yes"
    """The interval of the difference lies above 0."""
    UNSURE = "not shown"
    """It holds 0."""
    NO = "the reverse"
    """It lies below 0."""
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class ClaimedPair:
    """One of a claim's comparisons.

    :param difference: over the claim's topic keys, each weighing the same; None where a condition did not run.
    :param gains: the topic keys in which the first is significantly better (paired t-test, corrected by Holm over
        the keys).
    :param losses: those in which it is significantly worse.
    """

    claim: Claim
    better: str
    than: str
    measure: str
    difference: Interval | None
    gains: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()

    @property
    def holds(self) -> Holds:
        """What the interval says."""
        if self.difference is None:
            return Holds.NOT_RUN
        low, high = self.difference.low, self.difference.high
        if low is None or high is None or low <= 0 <= high:
            return Holds.UNSURE
        return Holds.YES if low > 0 else Holds.NO


def claimed_pairs(matrix: Matrix, scores: Mapping[str, Mapping[str, RunScores]]) -> tuple[ClaimedPair, ...]:
    """Every comparison that a claim names, in their order.

    :param scores: condition -> topic key -> scores, of the conditions that ran.
    """
    usual = matrix.measures[0]
    return tuple(
        _compared(claim, *pair, claim.measure or usual, scores) for claim in matrix.claims for pair in claim.pairs
    )


def _compared(
    claim: Claim, better: str, than: str, measure: str, scores: Mapping[str, Mapping[str, RunScores]]
) -> ClaimedPair:
    if better not in scores or than not in scores:
        return ClaimedPair(claim, better, than, measure, None)
    keys = [key for key in scores[better] if key in scores[than] and key in (claim.keys or scores[than])]
    both = {name: {key: scores[name][key] for key in keys} for name in (better, than)}
    whole = MACRO if len(keys) > 1 else keys[0]
    difference = next(
        one
        for one in intervals(both, measure, than, draws=Draws(_RESAMPLES))
        if one.baseline is not None and one.language == whole
    )
    tests = [one for one in compare(both, than, measure) if one.p_holm < LEVEL]
    gains = tuple(one.language for one in tests if one.difference > 0)
    losses = tuple(one.language for one in tests if one.difference < 0)
    return ClaimedPair(claim, better, than, measure, difference, gains, losses)
