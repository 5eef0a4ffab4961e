"""Exact search over a store, fused while it is searched: alpha, fusion and languages are chosen at query time."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.machine import available_cores
from pyserini_xqg.search.searchers.topk import filled_up, merge_top_k
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.prior import LearnedPrior
from pyserini_xqg.store.vector_store import VectorStore

_INNER_PRODUCT = 0
"""FAISS's number for the metric."""
_DELIMITER = "\t"
"""Between docid and language of the views that exist only while a block is searched; no docid holds white space."""


class LateIndex:
    """Stands where ``FaissSearcher`` expects a FAISS index. Scores are those of the flat index that the recipe would
    make.

    Each search reads the whole store once, however many queries it holds: give it batches.

    :param folder: the vector store.
    :param recipe: how to fuse.
    :param allow_unequal: let a sum pass over passages with unequal numbers of queries, and a kappa of 0 over passages
        without any.
    :param prior: the queries expected of the passages, and what they were made of, in the languages that an index
        knows; None to read them off the store.
    :raises UsageError: the recipe cannot be had from this store.
    """

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        *,
        allow_unequal: bool = False,
        prior: LearnedPrior | None = None,
    ) -> None:
        store = VectorStore(folder)
        self._fused = complete(store, recipe, allow_unequal=allow_unequal, allow_none=allow_unequal, known=prior)
        self.d = store.meta.dimension
        self.ntotal = store.meta.passages
        self.metric_type = _INNER_PRODUCT

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k best passages of each query.

        :param queries: float32 ``[queries, dimension]``.
        :returns: scores float32 and passage numbers int64, ``[queries, k]``; -1 where there are fewer passages.
        """
        scores = np.empty((len(queries), 0), dtype=np.float32)
        passages = np.empty((len(queries), 0), dtype=np.int64)
        seen, views = 0, find_fusion(self._fused.recipe.fusion).views
        for block in fused_blocks(self._fused, available_cores(), _DELIMITER):
            products = queries @ block.vectors.T
            if views:
                docids = [name.split(_DELIMITER, 1)[0] for name in block.names]
                starts = np.flatnonzero([row == 0 or docid != docids[row - 1] for row, docid in enumerate(docids)])
                products = np.maximum.reduceat(products, starts, axis=1)
            numbers = np.arange(seen, seen + products.shape[1])
            seen += products.shape[1]
            scores, passages = merge_top_k(scores, passages, products, numbers, k)
        return filled_up(scores, passages, k)

    def search_and_reconstruct(self, queries: np.ndarray, k: int) -> NoReturn:
        """What pseudo-relevance feedback (``--prf-depth``) asks of an index.

        :raises UsageError: always; the vectors exist only while they are searched.
        """
        raise UsageError(
            "pseudo-relevance feedback needs stored vectors, and a late index makes them anew for each search; use "
            "--type faiss-flat"
        )
