"""Pyserini's ``HybridSearcher``, minus a division by zero and an order that changes from run to run, plus reciprocal
ranks and a third ranking.

Importing this module starts the JVM, as importing Pyserini's own does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pyserini.search.faiss import DenseSearchResult
from pyserini.search.hybrid import HybridSearcher

from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.search.commands.hybrid_flags import HybridPlan


class XqgHybridSearcher(HybridSearcher):
    """Interpolates as Pyserini does; with ``normalization``, hits whose scores all tie count as 0 instead of failing.

    Equal scores are ordered by docid: Pyserini walks a set there, so that its order, and what the cut at k leaves,
    differ each time.
    """

    plan: ClassVar[HybridPlan] = HybridPlan()
    """Which fields the sparse side is asked for, and how rankings are fused where not by Pyserini's formula."""

    def search(
        self,
        query: str,
        k0: int = 10,
        k: int = 10,
        alpha: float = 0.1,
        normalization: bool = False,
        weight_on_dense: bool = False,
    ) -> list[DenseSearchResult]:
        """As Pyserini's: k passages from the k0 best of each side."""
        return self.batch_search([query], [""], k0, k, 1, alpha, normalization, weight_on_dense)[""]

    def batch_search(
        self,
        queries: list[str],
        q_ids: list[str],
        k0: int = 10,
        k: int = 10,
        threads: int = 1,
        alpha: float = 0.1,
        normalization: bool = False,
        weight_on_dense: bool = False,
    ) -> dict[str, list[DenseSearchResult]]:
        """As Pyserini's, many queries at once."""
        dense = self.dense_searcher.batch_search(queries, q_ids, k0, threads)
        sparse = [
            self.sparse_searcher.batch_search(queries, q_ids, k0, threads, **_asked(fields))
            for fields in self.plan.fields
        ]
        if self.plan.fusion is None:
            return {
                qid: self._hybrid_results(dense[qid], sparse[0][qid], alpha, k, normalization, weight_on_dense)
                for qid in q_ids
            }
        return _fused([dense, *sparse], self.plan.fusion, k)

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


def _asked(fields: dict[str, float]) -> dict[str, dict[str, float]]:
    return {"fields": fields} if fields else {}


def _fused(
    sides: Sequence[Mapping[str, Sequence[Any]]], fusion: RankFusion, k: int
) -> dict[str, list[DenseSearchResult]]:
    rankings = [{qid: {hit.docid: float(hit.score) for hit in hits} for qid, hits in side.items()} for side in sides]
    fused = fuse_rankings(rankings, fusion, k)
    return {qid: [DenseSearchResult(docid, score) for docid, score in hits.items()] for qid, hits in fused.items()}


def _normalized(hits: Sequence[DenseSearchResult]) -> list[DenseSearchResult]:
    """Scores to -0.5 … 0.5, as Pyserini's formula has it."""
    if not hits:
        return []
    lowest, highest = min(hit.score for hit in hits), max(hit.score for hit in hits)
    width = (highest - lowest) or 1.0
    return [DenseSearchResult(hit.docid, (hit.score - (lowest + highest) / 2) / width) for hit in hits]
