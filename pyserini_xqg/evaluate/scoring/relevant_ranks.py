"""Where the relevant passages of many queries are ranked, and what measures count there: arithmetic on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BEYOND = np.iinfo(np.int64).max
"""The rank of a passage that was not found."""


@dataclass(frozen=True, slots=True)
class RelevantRanks:
    """The relevant passages that were looked at.

    :param query_of: the number of each one's query, from 0, int64 ``[passages]``.
    :param ranks: its rank from 1, or :data:`BEYOND`, int64 ``[passages]``.
    :param gains: its relevance, float64 ``[passages]``.
    :param judged: all relevances above 0 of each query, the highest first, found or not.
    """

    query_of: np.ndarray
    ranks: np.ndarray
    gains: np.ndarray
    judged: Sequence[Sequence[int]]

    @property
    def numbers(self) -> np.ndarray:
        """How many relevant passages each query has, found or not, int64 ``[queries]``."""
        return np.array([len(judged) for judged in self.judged], dtype=np.int64)

    def counts(self, cutoff: int | None) -> np.ndarray:
        """How many relevant passages are among the first ``cutoff``, int64 ``[queries]``."""
        return np.bincount(self.query_of[self._within(cutoff)], minlength=len(self.judged))

    def best(self, cutoff: int | None) -> np.ndarray:
        """The rank of the first relevant passage, float64 ``[queries]``; infinite where none is among the first
        ``cutoff``.
        """
        within = self._within(cutoff)
        found = np.full(len(self.judged), np.inf)
        np.minimum.at(found, self.query_of[within], self.ranks[within])
        return found

    def discounted_gains(self, cutoff: int | None) -> np.ndarray:
        """The sum of ``gain / log2(1 + rank)`` over the first ``cutoff``, float64 ``[queries]``."""
        within = self._within(cutoff)
        gains = self.gains[within] / np.log2(1.0 + self.ranks[within])
        return np.bincount(self.query_of[within], weights=gains, minlength=len(self.judged))

    def ideal_gains(self, cutoff: int | None) -> np.ndarray:
        """The largest :meth:`discounted_gains` that there can be, float64 ``[queries]``; 1 where nothing is
        relevant.
        """
        ideal = np.array(
            [sum(gain / np.log2(1 + rank) for rank, gain in enumerate(judged[:cutoff], 1)) for judged in self.judged]
        )
        return np.where(ideal > 0, ideal, 1)

    def _within(self, cutoff: int | None) -> np.ndarray:
        return self.ranks < BEYOND if cutoff is None else self.ranks <= cutoff
