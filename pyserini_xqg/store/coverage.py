"""How many passages of a store have queries, and how many; its vectors are not read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of a store, a column a language of it (one where it keeps a total).

    :param asked: passages with queries in any language.
    :param passages: passages with queries, int64 ``[languages]``.
    :param queries: those queries, int64 ``[languages]``.
    """

    asked: int
    passages: np.ndarray
    queries: np.ndarray


def coverage_of(store: VectorStore, first: int | None = None) -> Coverage:
    """Count, shard by shard.

    :param first: only the first so many queries of each language.
    :raises StoreError: a shard is damaged.
    """
    asked, passages, queries = 0, np.zeros(1, np.int64), np.zeros(1, np.int64)
    for shard in store.shards():
        counts = shard.counts(store.meta.languages, first)
        asked += int(counts.any(axis=1).sum())
        passages = passages + np.count_nonzero(counts, axis=0)
        queries = queries + counts.sum(axis=0, dtype=np.int64)
    return Coverage(asked, passages, queries)
