"""Pyserini's ``HybridSearcher``, minus a division by zero and an order that changes from run to run.

Importing this module starts the JVM, as importing Pyserini's own does.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyserini.search.faiss import DenseSearchResult
from pyserini.search.hybrid import HybridSearcher


class XqgHybridSearcher(HybridSearcher):
    """Interpolates as Pyserini does; with ``normalization``, hits whose scores all tie count as 0 instead of failing.

    Equal scores are ordered by docid: Pyserini walks a set there, so that its order, and what the cut at k leaves, differ each time.
    """

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
        everything = len(dense_results) + len(sparse_results)
        hits = HybridSearcher._hybrid_results(dense_results, sparse_results, alpha, everything, False, weight_on_dense)
        return sorted(hits, key=lambda hit: (-hit.score, hit.docid))[:k]


def _normalized(hits: Sequence[DenseSearchResult]) -> list[DenseSearchResult]:
    """Scores to -0.5 … 0.5, as Pyserini's formula has it."""
    if not hits:
        return []
    lowest, highest = min(hit.score for hit in hits), max(hit.score for hit in hits)
    width = (highest - lowest) or 1.0
    return [DenseSearchResult(hit.docid, (hit.score - (lowest + highest) / 2) / width) for hit in hits]
