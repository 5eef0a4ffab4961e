"""Exact percentiles of more numbers than fit into memory: each pass over them counts half of their bits. Pure
arithmetic.

The bits of a float32, with the sign turned round, sort as the number does. A first pass counts the upper 16 bits, which
says in which of 65,536 buckets the number sought lies, and a second one counts the lower 16 within that bucket. Two
counters of 65,536 a group are all that is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

type Batches = Callable[[], Iterable[tuple[np.ndarray, np.ndarray]]]
"""Gives the same numbers each time it is called: pairs of groups (integers ``[n]``) and numbers (float32 ``[n]``); NaNs
are passed over.
"""
_BUCKETS = 2**16


def percentiles(batches: Batches, groups: int, percent: float) -> np.ndarray:
    """The percentile of each group's numbers, with linear interpolation, as :func:`numpy.percentile` has it.

    :param groups: how many groups there are; they count from 0.
    :param percent: from 0 to 100.
    :returns: float64 ``[groups]``; NaN for a group without numbers.
    """
    upper = np.zeros((groups, _BUCKETS), dtype=np.int64)
    for group, numbers in _without_nans(batches):
        upper += np.bincount(group * _BUCKETS + (_sortable(numbers) >> 16), minlength=upper.size).reshape(upper.shape)
    sizes = upper.sum(axis=1)
    places = np.maximum(sizes - 1, 0) * (percent / 100)
    below = _nth(batches, upper, np.floor(places).astype(np.int64))
    above = _nth(batches, upper, np.ceil(places).astype(np.int64))
    return np.where(sizes > 0, below + (above - below) * (places - np.floor(places)), np.nan)


def _nth(batches: Batches, upper: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The number at a place of each group's order, counted from 0: float64 ``[groups]``."""
    cumulated = upper.cumsum(axis=1)
    buckets = (cumulated <= places[:, None]).sum(axis=1).clip(max=_BUCKETS - 1)
    before = np.where(buckets > 0, cumulated[np.arange(len(upper)), buckets - 1], 0)
    lower = np.zeros_like(upper)
    for group, numbers in _without_nans(batches):
        bits = _sortable(numbers)
        inside = bits >> 16 == buckets[group]
        lower += np.bincount(group[inside] * _BUCKETS + (bits[inside] & (_BUCKETS - 1)), minlength=lower.size).reshape(
            lower.shape
        )
    last = (lower.cumsum(axis=1) <= (places - before)[:, None]).sum(axis=1).clip(max=_BUCKETS - 1)
    return _number((buckets << 16) | last).astype(np.float64)


def _without_nans(batches: Batches) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    for group, numbers in batches():
        there = ~np.isnan(numbers)
        yield group[there].astype(np.int64), numbers[there].astype(np.float32)


def _sortable(numbers: np.ndarray) -> np.ndarray:
    """int64 in [0, 2**32) in the order of the numbers: negative ones have all bits turned, the others the sign
    alone.
    """
    bits = np.ascontiguousarray(numbers).view(np.uint32).astype(np.int64)
    return np.where(bits >> 31, bits ^ 0xFFFFFFFF, bits | 0x80000000)


def _number(sortable: np.ndarray) -> np.ndarray:
    """The inverse of :func:`_sortable`."""
    bits = np.where(sortable >> 31, sortable & 0x7FFFFFFF, sortable ^ 0xFFFFFFFF)
    return bits.astype(np.uint32).view(np.float32)
