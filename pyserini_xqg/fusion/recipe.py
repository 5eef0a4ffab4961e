"""How a store's vectors become an index: the fusion and its settings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import TextKind, kind_of
from pyserini_xqg.fusion.weights import Weights

if TYPE_CHECKING:
    import numpy as np

USUAL_KAPPA = 8.0
"""What benchmarks/coverage.py found. The variances say 1 to 2, which is best for the mean query itself; a passage with
queries competes with others that have none, and the nearer all are to what is expected the fairer that is.
"""

WHOLE_TEXT = 2.0**-20
"""Kappa of kinds other than questions. A passage's translation or gloss is no sample of what there might be: it counts
whole. Where a passage has none, the average one stands in its place, as with any kappa above 0.
"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a store's vectors become an index.

    :param fusion: its name in :data:`~pyserini_xqg.fusion.registry.FUSIONS`.
    :param alpha: weight of the queries, 0 to 1; 0 is the plain passage. The fusion's own where none is given.
    :param normalize: whether each result is divided by its length.
    :param languages: the languages whose texts count, canonical codes; once the store was read, its columns
        (:func:`~pyserini_xqg.fusion.text_kind.column`): ``ar``, ``ar.gloss``.
    :param queries_per_language: only the first so many queries of each language; None for all.
    :param plain_view: with views, whether the plain passage is one more view.
    :param kappa: how many queries the expected one counts for beside a passage's own
        (:class:`~pyserini_xqg.fusion.expected.prior.QueryPrior`); 0 for none, None for what the store's variances
        say, by language (:mod:`~pyserini_xqg.fusion.expected.moments`).
    :param kappas: the same by column, once the store was read; empty before.
    :param weights: kinds of text and what they weigh beside each other in their language's part; those that are not
        named weigh what is usual, and those of weight 0 are left out. Once a store with several kinds was read, all
        of its kinds are named.
    :raises UsageError: there is no such fusion, alpha is outside 0 to 1, kappa is below 0 or no number, or fewer than
        one query a language is asked for.
    """

    fusion: str = "mean"
    alpha: float = None  # type: ignore[assignment]  # always a number once it is made
    normalize: bool = True
    languages: tuple[str, ...] = ()
    queries_per_language: int | None = None
    plain_view: bool = False
    kappa: float | None = USUAL_KAPPA
    kappas: tuple[float, ...] = ()
    weights: Weights = ()

    def __post_init__(self) -> None:
        fusion = find_fusion(self.fusion)
        if self.alpha is None:
            object.__setattr__(self, "alpha", fusion.alpha)
        if not 0.0 <= self.alpha <= 1.0:
            raise UsageError(
                f"alpha is {self.alpha}; it must lie between 0 (the passage alone) and 1 (its queries alone)"
            )
        if wrong := [kappa for kappa in (self.kappa, *self.kappas) if kappa is not None and not _counts(kappa)]:
            raise UsageError(f"kappa is {wrong[0]}; it must be a number of queries, 0 or more")
        if self.queries_per_language is not None and self.queries_per_language < 1:
            raise UsageError(f"--queries-per-language is {self.queries_per_language}; it must be at least 1")

    def shrinkage(self, columns: int) -> np.ndarray:
        """See :meth:`~pyserini_xqg.fusion.mixture.MixtureChoice.shrinkage`.

        :raises ValueError: kappa is not known yet.
        """
        import numpy as np

        if len(self.kappas) == columns:
            return np.array(self.kappas, dtype=np.float64)
        if self.kappa is None or self.kappas:
            raise ValueError("the recipe was not completed by a store, which says what kappa is")
        return np.full(columns, float(self.kappa))

    def weight(self, kind: TextKind) -> float:
        """What texts of a kind weigh."""
        return dict(self.weights).get(kind, kind.weight)

    def column_weights(self, columns: int) -> np.ndarray:
        """See :meth:`~pyserini_xqg.fusion.mixture.MixtureChoice.column_weights`."""
        import numpy as np

        if len(self.languages) != columns:
            return np.ones(columns)
        return np.array([self.weight(kind_of(name)) for name in self.languages])


def _counts(kappa: float) -> bool:
    return math.isfinite(kappa) and kappa >= 0


PAPER = Recipe("sum", normalize=False, kappa=0.0)
"""The choices of the reference implementation's README."""
