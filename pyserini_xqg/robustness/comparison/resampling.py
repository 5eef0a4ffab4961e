"""Mean scores of every system in every condition and language, as measured and resampled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.evaluate.statistics.bootstrap import mean_defined, resampled_totals
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.robustness.comparison.figures import Means
from pyserini_xqg.robustness.comparison.per_query import MeasuredQueries


@dataclass(frozen=True, slots=True)
class ResampledMeans:
    """One measure; the same draws for all systems and conditions, so that differences are paired.

    :param means: ``(perturbation, system, language)`` -> mean scores.
    :param clusters: language -> the clusters of its queries, int ``[queries]``.
    """

    means: Mapping[tuple[str, str, str], Means]
    clusters: Mapping[str, np.ndarray]

    def over(self, perturbation: str, system: str, codes: Sequence[str]) -> Means:
        """The mean over languages, each weighing the same."""
        mine = [self.means[perturbation, system, code] for code in codes]
        if len(mine) == 1:
            return mine[0]
        return Means(
            *(
                mean_defined(np.stack(rows))
                for rows in zip(*((one.clean, one.perturbed, one.worst) for one in mine), strict=True)
            )
        )

    def clusters_in(self, codes: Sequence[str]) -> int:
        """How many different clusters the queries of these languages belong to."""
        return len(np.unique(np.concatenate([self.clusters[code] for code in codes])))


def resample(measured: MeasuredQueries, clusters: Clusters, resamples: int, seed: int) -> ResampledMeans:
    """Resample clusters over all languages at once.

    :param clusters: language -> query id -> cluster; every query has one.
    """
    raw = {code: [clusters[code][qid] for qid in qids] for code, qids in measured.qids.items()}
    used = np.unique(np.concatenate([*raw.values()]))
    numbers = {code: np.searchsorted(used, mine) for code, mine in raw.items()}
    columns: list[np.ndarray] = []

    def add(code: str, values: np.ndarray | None) -> int:
        columns.append(np.bincount(numbers[code], weights=values, minlength=len(used)))
        return len(columns) - 1

    sizes = {code: add(code, None) for code in measured.qids}
    places = {
        key: (add(key[2], mine.clean), add(key[2], mine.perturbed), add(key[2], mine.worst))
        for key, mine in measured.scores.items()
    }
    totals = resampled_totals(np.stack(columns, axis=1), resamples, seed)
    with np.errstate(invalid="ignore"):  # a resample without a query of a small language has no mean there: 0/0, NaN
        means = {
            key: Means(*(totals[:, place] / totals[:, sizes[key[2]]] for place in triple))
            for key, triple in places.items()
        }
    return ResampledMeans(means, numbers)
