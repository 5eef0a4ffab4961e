"""Pyserini's ``HybridSearcher``, minus a division by zero.

Importing this module starts the JVM, as importing Pyserini's own does.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyserini.search.faiss import DenseSearchResult
from pyserini.search.hybrid import HybridSearcher


class XqgHybridSearcher(HybridSearcher):
    """Interpolates as Pyserini does; with ``normalization``, hits whose scores all tie count as 0 instead of failing."""

    @staticmethod
    def _hybrid_results(
        dense_results: Sequence[DenseSearchResult],
        sparse_results: Sequence[DenseSearchResult],
        alpha: float,
        k: int,
        normalization: bool = False,
        weight_on_dense: bool = False,
    ) -> list[DenseSearchResult]:
        if normalization:
            dense_results, sparse_results = _normalized(dense_results), _normalized(sparse_results)
        return HybridSearcher._hybrid_results(dense_results, sparse_results, alpha, k, False, weight_on_dense)


def _normalized(hits: Sequence[DenseSearchResult]) -> list[DenseSearchResult]:
    """Scores to -0.5 … 0.5, as Pyserini's formula has it."""
    if not hits:
        return []
    lowest, highest = min(hit.score for hit in hits), max(hit.score for hit in hits)
    width = (highest - lowest) or 1.0
    return [DenseSearchResult(hit.docid, (hit.score - (lowest + highest) / 2) / width) for hit in hits]
