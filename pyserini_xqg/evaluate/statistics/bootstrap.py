"""The bootstrap over clusters of queries: pure arithmetic (Efron and Tibshirani 1993, ch. 6; whole clusters are drawn,
as in ch. 8).
"""

from __future__ import annotations

import warnings

import numpy as np

LEVEL = 95
"""Intervals hold this share of the resamples, in percent."""
_NUMBERS_AT_ONCE = 4_000_000


def resampled_totals(columns: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Totals over clusters, as they are and for clusters drawn with replacement.

    :param columns: float ``[clusters, columns]``: what each cluster adds to each total, such as a sum of scores or a
        number of queries.
    :returns: float64 ``[1 + resamples, columns]``; row 0 is the total over all clusters, each of the others over as
        many drawn ones.
    """
    clusters = len(columns)
    generator = np.random.default_rng(seed)
    totals = np.empty((1 + resamples, columns.shape[1]))
    totals[0] = columns.sum(axis=0)
    block = max(1, _NUMBERS_AT_ONCE // clusters)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = generator.integers(clusters, size=(rows, clusters))
        drawn += clusters * np.arange(rows)[:, None]  # so that one count serves all rows
        weights = np.bincount(drawn.ravel(), minlength=rows * clusters).reshape(rows, clusters)
        totals[1 + start : 1 + start + rows] = weights.astype(np.float64) @ columns
    return totals


def interval(draws: np.ndarray) -> tuple[float, float] | None:
    """The percentile interval of a statistic, leaving out resamples in which it is not defined; None where fewer than
    half define it.

    :param draws: float ``[resamples]``, NaN where the statistic is not defined.
    """
    defined = draws[np.isfinite(draws)]
    if len(defined) * 2 < max(len(draws), 1):
        return None
    low, high = np.percentile(defined, [50 - LEVEL / 2, 50 + LEVEL / 2])
    return float(low), float(high)


def mean_defined(rows: np.ndarray) -> np.ndarray:
    """The mean over the first axis of what is not NaN; NaN where all is.

    A resample may hold no query of a small language; its average is then over the other languages.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)  # NumPy warns where all is NaN
        return np.asarray(np.nanmean(rows, axis=0))
