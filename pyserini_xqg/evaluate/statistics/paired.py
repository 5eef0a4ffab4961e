"""Two systems on the same queries: the mean difference, and how far chance could move it. Pure arithmetic.

Queries fall into clusters, which chance draws whole: a question and its translations are one, and so are (when asked)
all questions about a passage. With a query a cluster, everything here is that of the ordinary paired test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO, RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters

_ROUNDING = 1e-12
"""Spread below this share of the largest difference is rounding."""


class Average(StrEnum):
    """How languages are averaged; the value is the column's name."""

    MACRO = MACRO
    """Every language weighs the same: queries are a sample of each language's, which is a stratum."""
    MICRO = MICRO
    """Every query weighs the same: all queries are one sample."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The differences between two systems.

    :param difference: their mean, every language (or every query) weighing the same.
    :param shares: float64 ``[clusters]``: what each cluster adds to ``difference``, which is their sum.
    :param error: the standard error of ``difference``, robust to what hangs together in a cluster (Liang and Zeger
        1986).
    :param sample: how many clusters there are; the fewest that a language has, where languages weigh the same.
    """

    queries: int
    difference: float
    shares: np.ndarray
    error: float
    sample: int

    @property
    def t(self) -> float:
        """The t statistic, with ``sample`` - 1 degrees of freedom; infinite where every difference is the same, 0 where
        each is 0 or there is one.
        """
        if self.sample < 2 or self.difference == 0:
            return 0.0
        return self.difference / self.error if self.error else math.copysign(math.inf, self.difference)

    @property
    def p(self) -> float:
        """Two-sided, by Student's t. A lone cluster proves nothing; the same change in every one is beyond chance."""
        if self.sample < 2 or self.difference == 0:
            return 1.0
        from scipy.special import stdtr

        return float(2 * stdtr(self.sample - 1, -abs(self.t)))


def pair(
    ours: Mapping[str, Mapping[str, float]],
    theirs: Mapping[str, Mapping[str, float]],
    clusters: Clusters | None = None,
    over: Average = Average.MACRO,
) -> Paired:
    """Pair the queries of two systems in the languages of the first.

    :param ours: language -> query id -> score.
    :raises UsageError: they were scored on different queries.
    """
    strata: list[int] = []
    differences: list[float] = []
    keys: list[str | int] = []
    for number, (code, mine) in enumerate(ours.items()):
        if mine.keys() != theirs[code].keys():
            raise UsageError(
                f"two systems were scored on different queries in {code!r}; score both against the same judgments"
            )
        strata += [number if over is Average.MACRO else 0] * len(mine)
        differences += [score - theirs[code][qid] for qid, score in mine.items()]
        keys += list(mine) if clusters is None else [clusters[code][qid] for qid in mine]
    return _summed(np.array(strata), np.array(differences), np.unique(np.array(keys), return_inverse=True)[1])


def _summed(strata: np.ndarray, differences: np.ndarray, clusters: np.ndarray) -> Paired:
    sizes = np.bincount(strata)
    weights = 1 / (len(sizes) * sizes[strata])
    samples = np.array([len(np.unique(clusters[strata == stratum])) for stratum in range(len(sizes))])
    means = np.bincount(strata, differences) / sizes
    # As a sample variance is divided by n - 1: each language's deviations are from its own mean, which was estimated
    # from them.
    widened = np.sqrt(samples / np.maximum(samples - 1, 1))
    deviations = np.bincount(clusters, weights * (differences - means[strata]) * widened[strata])
    error = math.sqrt(float(deviations @ deviations))
    return Paired(
        queries=len(differences),
        difference=math.fsum(weights * differences),
        shares=np.bincount(clusters, weights * differences),
        error=0.0 if error <= _ROUNDING * np.abs(differences).max() else error,
        sample=int(samples.min()),
    )


def of_measure(found: Mapping[str, RunScores], measure: str, codes: Sequence[str]) -> dict[str, Mapping[str, float]]:
    """Language -> query id -> score, for these languages."""
    return {code: found[code].per_query[measure] for code in codes}
