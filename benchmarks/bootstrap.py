"""Paired bootstrap over groups: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_RESAMPLES = 10_000


def interval(differences: np.ndarray, groups: Sequence[str], seed: int = 0) -> tuple[float, float]:
    """The 95% interval of a mean difference when whole groups are resampled.

    Questions about one paragraph are not independent, nor are a question's translations, so paragraphs are what is
    drawn.

    :param differences: float ``[languages, queries]``, our score less the baseline's.
    :param groups: the paragraph of each query.
    """
    _, group_of_query = np.unique(groups, return_inverse=True)
    sums = np.bincount(group_of_query, weights=differences.mean(axis=0))
    sizes = np.bincount(group_of_query)
    drawn = np.random.default_rng(seed).integers(len(sums), size=(_RESAMPLES, len(sums)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)
