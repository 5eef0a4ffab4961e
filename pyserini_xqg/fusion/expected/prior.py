"""What is expected of a passage's queries before any of its own is seen.

A passage's mean query in a language is estimated from the few that it has. Between passages such means vary, within a
passage its queries do, and the estimate with the least expected error lies between the passage's own mean and what is
expected of any passage: ``(sum(q) + kappa * m) / (n + kappa)``, with kappa the variance within over that between
(empirical Bayes, Efron and Morris 1973, "Stein's Estimation Rule and Its Competitors"; James and Stein 1961). ``m`` is
the language's mean query, or what a linear map, learned where passages have queries, predicts from the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class QueryPrior:
    """``m_l(p) = intercept_l + p @ slope``.

    :param languages: canonical codes, one a row of the intercepts; where the store keeps one total, a single ``""``.
    :param intercepts: float32 ``[languages, dimension]``; without a slope each language's mean query.
    :param mean_passage: the mean of all passages, float32 ``[dimension]``.
    :param slope: shared by all languages, float32 ``[dimension, dimension]``; None where every passage is expected to
        have the same.
    """

    languages: tuple[str, ...]
    intercepts: np.ndarray
    mean_passage: np.ndarray
    slope: np.ndarray | None = None

    def choose(self, languages: Sequence[str]) -> QueryPrior:
        """The same of these languages alone, in this order.

        :raises KeyError: one of them has no row.
        """
        rows = {code: row for row, code in enumerate(self.languages)}
        chosen = self.intercepts[[rows[code] for code in languages]]
        return QueryPrior(tuple(languages), chosen, self.mean_passage, self.slope)

    def of(self, passages: np.ndarray) -> ExpectedQueries:
        """What is expected of some passages.

        :param passages: float32 ``[passages, dimension]``.
        """
        predicted = None if self.slope is None else passages @ self.slope
        return ExpectedQueries(self.intercepts, self.mean_passage, predicted)


@dataclass(frozen=True, slots=True)
class ExpectedQueries:
    """The expected queries of some passages, language by language; never all of them in memory.

    :param intercepts: float32 ``[languages, dimension]``.
    :param mean_passage: float32 ``[dimension]``.
    :param predicted: what is added to each passage's, float32 ``[passages, dimension]``; None for nothing.
    """

    intercepts: np.ndarray
    mean_passage: np.ndarray
    predicted: np.ndarray | None

    def weighted(self, weights: np.ndarray) -> np.ndarray:
        """``sum(k_l * m_l(p))``, float32 ``[passages, dimension]`` or ``[1, dimension]`` where it is the same for all.

        Added up one language after the other, so that every machine comes to the same last bits.

        :param weights: ``k``, float ``[passages, languages]``.
        """
        alike = bool(len(weights)) and bool((weights == weights[0]).all())
        rows = (weights[:1] if alike else weights).astype(np.float32)
        total = np.zeros((len(rows), self.intercepts.shape[1]), dtype=np.float32)
        for column in np.flatnonzero(rows.any(axis=0)):
            total += rows[:, column, None] * self.intercepts[column]
        if self.predicted is None:
            return total
        share: np.ndarray = rows.sum(axis=1, dtype=np.float32)[:, None] * self.predicted
        share += total
        return share
