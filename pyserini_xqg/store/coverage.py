"""How many passages of a store have queries, and how many; its vectors are not read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import TextKind, kind_of
from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of a store, by its columns (one where it keeps a total).

    :param learned: the columns that a slope is learned from, bool ``[columns]``: those of questions, where there are
        any; what a passage's translation is to it, its questions are not.
    :param asked: passages with texts in any of these.
    :param passages: passages with texts, int64 ``[columns]``.
    :param queries: those texts, int64 ``[columns]``.
    """

    learned: np.ndarray
    asked: int
    passages: np.ndarray
    queries: np.ndarray


def coverage_of(store: VectorStore, first: int | None = None) -> Coverage:
    """Count, shard by shard.

    :param first: only the first so many queries of each language.
    :raises StoreError: a shard is damaged.
    """
    asked, passages, queries = 0, np.zeros(1, np.int64), np.zeros(1, np.int64)
    learned = _learned(store)
    for shard in store.shards():
        counts = shard.counts(store.meta.languages, first)
        asked += int(counts[:, learned].any(axis=1).sum())
        passages = passages + np.count_nonzero(counts, axis=0)
        queries = queries + counts.sum(axis=0, dtype=np.int64)
    return Coverage(learned, asked, passages, queries)


def _learned(store: VectorStore) -> np.ndarray:
    columns = 1 if store.meta.keep is Keep.TOTAL else len(store.meta.languages)
    questions = np.array([kind_of(name) is TextKind.QUESTIONS for name in store.meta.languages[:columns]], dtype=bool)
    return questions if questions.any() else np.ones(columns, dtype=bool)
