"""The paired randomisation test (Fisher 1935, section 21; for retrieval Smucker, Allan and Carterette 2007): pure
arithmetic.

Were two systems alike, each difference between them could as well have had the other sign. p is the share of all ways
to choose signs that give a mean at least as far from 0 as the one measured. It is ``scipy.stats.permutation_test`` with
``permutation_type="samples"``, for many tests at once: they share their signs, so that a test costs a column of a
matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 100_000
_NUMBERS_AT_ONCE = 4_000_000
_MOST_WAYS = 2**17
"""More ways to choose signs than these are never tried one by one, whatever the number of resamples."""
_ROUNDING = 1e-10
"""Sums that differ by less than this share of their parts are equal."""


@dataclass(frozen=True, slots=True)
class Draws:
    """How much chance is drawn, and from which seed."""

    resamples: int = RESAMPLES
    seed: int = 0


def randomisation_p(shares: Sequence[np.ndarray], draws: Draws) -> list[float]:
    """The two-sided p of each test.

    Where there are at most as many ways to choose signs as resamples, all are tried and p is exact. Otherwise signs are
    drawn, and the measured ones count as one more draw, so that p is never 0 (Phipson and Smyth 2010).

    :param shares: for each test, float ``[clusters]``: what each cluster adds to the mean difference.
    """
    changed = [one[one != 0] for one in shares]
    few = [2 ** len(one) <= min(draws.resamples, _MOST_WAYS) for one in changed]
    drawn = iter(_drawn([one for one, exact in zip(changed, few, strict=True) if not exact], draws))
    return [_exact(one) if exact else next(drawn) for one, exact in zip(changed, few, strict=True)]


def _exact(shares: np.ndarray) -> float:
    ways = np.arange(2 ** len(shares))[:, None] >> np.arange(len(shares)) & 1
    return float(np.mean(_as_far(ways, shares[:, None])))


def _drawn(tests: Sequence[np.ndarray], draws: Draws) -> list[float]:
    if not tests:
        return []
    rows = max(map(len, tests))
    # Tests need not agree on what a row is: each only needs signs of its own rows that are independent of each other.
    columns = np.stack([np.pad(one, (0, rows - len(one))) for one in tests], axis=1)
    generator = np.random.default_rng(draws.seed)
    counts = np.ones(len(tests))
    block = max(8, _NUMBERS_AT_ONCE // rows)
    for start in range(0, draws.resamples, block):
        signs = min(block, draws.resamples - start) * rows
        bits = np.unpackbits(np.frombuffer(generator.bytes(-(-signs // 8)), np.uint8), count=signs)
        counts += _as_far(bits.reshape(-1, rows), columns).sum(axis=0)
    return [float(count) for count in counts / (1 + draws.resamples)]


def _as_far(bits: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Whether the sums under these signs are as far from 0 as the plain ones: bool ``[signs, tests]``; a bit of 1 keeps
    the sign.
    """
    totals = columns.sum(axis=0)
    sums = 2 * (bits.astype(np.float64) @ columns) - totals
    return np.abs(sums) >= np.abs(totals) - _ROUNDING * np.abs(columns).sum(axis=0)
