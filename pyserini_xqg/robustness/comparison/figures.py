"""The figures that say what a perturbation costs, as functions of mean scores: pure arithmetic.

Each works alike on one mean and on an array of resampled ones, which is where its interval comes from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pyserini_xqg.evaluate.statistics.bootstrap import interval


@dataclass(frozen=True, slots=True)
class Means:
    """Mean scores of a system, float ``[1 + resamples]``: first as measured, then resampled."""

    clean: np.ndarray
    perturbed: np.ndarray
    worst: np.ndarray


@dataclass(frozen=True, slots=True)
class IntervalEstimate:
    """A figure with its interval.

    :param value: None where it is not defined: a relative drop from a clean score of 0.
    :param low: the interval's lower end; None, as the upper one, where there is none: with a single cluster of queries,
        say.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


class Figure(StrEnum):
    """What is reported; the value is its name in the CSV file. Scores and differences of scores are from 0 to 1."""

    CLEAN = "clean"
    """Mean score on clean queries."""
    PERTURBED = "perturbed"
    """Mean score on perturbed queries, averaged over the variants of each."""
    WORST = "worst"
    """Mean over queries of the lowest score that a variant gets."""
    DROP = "drop"
    """CLEAN less PERTURBED."""
    RELATIVE_DROP = "relative_drop"
    """DROP over CLEAN; over a group of languages, the averages' drop over their clean score."""
    RELATIVE_WORST_DROP = "relative_worst_drop"
    """CLEAN less WORST, over CLEAN."""
    CLEAN_DIFFERENCE = "clean_difference"
    """CLEAN less the baseline's."""
    PERTURBED_DIFFERENCE = "perturbed_difference"
    """PERTURBED less the baseline's."""
    DROP_DIFFERENCE = "drop_difference"
    """DROP less the baseline's: below 0 where the system loses less than the baseline does."""


_ALONE: dict[Figure, Callable[[Means], np.ndarray]] = {
    Figure.CLEAN: lambda mine: mine.clean,
    Figure.PERTURBED: lambda mine: mine.perturbed,
    Figure.WORST: lambda mine: mine.worst,
    Figure.DROP: lambda mine: mine.clean - mine.perturbed,
    Figure.RELATIVE_DROP: lambda mine: _share(mine.clean - mine.perturbed, mine.clean),
    Figure.RELATIVE_WORST_DROP: lambda mine: _share(mine.clean - mine.worst, mine.clean),
}
_AGAINST: dict[Figure, Callable[[Means, Means], np.ndarray]] = {
    Figure.CLEAN_DIFFERENCE: lambda mine, baseline: mine.clean - baseline.clean,
    Figure.PERTURBED_DIFFERENCE: lambda mine, baseline: mine.perturbed - baseline.perturbed,
    Figure.DROP_DIFFERENCE: lambda mine, baseline: (
        (mine.clean - mine.perturbed) - (baseline.clean - baseline.perturbed)
    ),
}


def estimates(mine: Means, baseline: Means | None, intervals: bool) -> dict[Figure, IntervalEstimate]:
    """Every figure of a system.

    :param baseline: the means of the system that it is compared with, resampled alike; None leaves the differences out.
    :param intervals: whether there are enough clusters for them.
    """
    found = {figure: function(mine) for figure, function in _ALONE.items()}
    if baseline is not None:
        found |= {figure: function(mine, baseline) for figure, function in _AGAINST.items()}
    return {figure: _estimate(values, intervals) for figure, values in found.items()}


def _estimate(values: np.ndarray, intervals: bool) -> IntervalEstimate:
    if not np.isfinite(values[0]):
        return IntervalEstimate(None)
    ends = interval(values[1:]) if intervals else None
    return IntervalEstimate(float(values[0]), *ends) if ends is not None else IntervalEstimate(float(values[0]))


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
