"""How much queries vary within a passage and between passages: what kappa follows from.

Query vectors of length one need no more than their passage's sum and number: ``sum |q - mean|^2 = n - |s|^2 / n``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NOISE_KAPPA = 2.0
"""Where variances cannot be told apart. By moments XQuAD's eleven languages have 1.8 to 2.1."""
LARGEST_KAPPA = 50.0
"""From here on a passage's own queries say next to nothing: they vary within passages as much as between them."""


@dataclass(slots=True)
class QueryMoments:
    """What is added up of one language's queries, passage after passage.

    :param total: the sum of all query vectors, float64 ``[dimension]``.
    :param passages: how many passages have queries.
    :param queries: how many queries there are.
    :param number_squares: the sum over passages of ``n^2``.
    :param mean_squares: the sum over passages of ``|s|^2 / n``.
    """

    total: np.ndarray
    passages: int = 0
    queries: int = 0
    number_squares: int = 0
    mean_squares: float = 0.0

    def add(self, sums: np.ndarray, numbers: np.ndarray) -> None:
        """Add some passages.

        :param sums: float32 ``[passages, dimension]``, zeros where there is no query.
        :param numbers: integer ``[passages]``.
        """
        counted = numbers.astype(np.int64)
        self.total += np.ones(len(sums), np.float32) @ sums
        self.passages += int(np.count_nonzero(counted))
        self.queries += int(counted.sum())
        self.number_squares += int((counted * counted).sum())
        self.mean_squares += float((np.vecdot(sums, sums) / np.maximum(counted, 1)).sum(dtype=np.float64))

    @property
    def mean(self) -> np.ndarray:
        """The language's mean query, float64 ``[dimension]``."""
        return self.total / max(self.queries, 1)

    @property
    def within(self) -> float | None:
        """The variance within passages; None where no passage has two queries."""
        spare = self.queries - self.passages
        return (self.queries - self.mean_squares) / spare if spare > 0 else None

    @property
    def between(self) -> float | None:
        """The variance of the passages' true means; None where it cannot be told from that within them.

        The moment estimator of one-way analysis of variance with unequal numbers (Searle, Casella and McCulloch 1992,
        "Variance Components", section 3.6).
        """
        within = self.within
        if within is None or self.passages < 2:
            return None
        spread = self.mean_squares - float(self.total @ self.total) / self.queries
        per_passage = (self.queries - self.number_squares / self.queries) / (self.passages - 1)
        return (spread / (self.passages - 1) - within) / per_passage

    @property
    def kappa(self) -> float | None:
        """Variance within over variance between, at most :data:`LARGEST_KAPPA`; None where nothing says it."""
        within, between = self.within, self.between
        if within is None or between is None:
            return None
        return LARGEST_KAPPA if between * LARGEST_KAPPA <= within else max(within, 0.0) / between
