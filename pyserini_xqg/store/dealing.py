"""Which passages a prior is learned from, and which fold each of them is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.store.coverage import Coverage, coverage_of
from pyserini_xqg.store.shard import Shard
from pyserini_xqg.store.vector_store import VectorStore

FOLDS = 5
_CHUNKS = 50
"""Runs of passages are dealt to the folds: neighbours, which are often of one document, stay together."""
_ROWS = 1024
"""Passages read at a time."""
_LEARNED_FROM = 20_000
"""Passages with queries that a prior is learned from at most: it then costs the same whatever the corpus."""
_SAMPLED_VECTORS = 5_000
"""Vectors kept for the scores of held-out passages."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """Some passages of a shard that are read.

    :param rows: which.
    :param folds: the fold of each, int ``[rows]``; -1 where a slope is not learned from it.
    :param sampled: whether it is kept for the scores of held-out passages, bool ``[rows]``.
    """

    rows: slice
    folds: np.ndarray
    sampled: np.ndarray


class Dealer:
    """Deals passages with queries to the folds, in the store's order, and leaves out what is too much.

    Beside those dealt, all passages are read that have queries in a language in which few have any; and all of a small
    store, or some from all over one without queries, for the sake of the mean passage.

    :param passages: in the whole store.
    """

    def __init__(self, coverage: Coverage, passages: int) -> None:
        self._learned = coverage.learned
        self._asked = coverage.asked
        self._passages = passages
        self._rare = coverage.passages < _LEARNED_FROM
        self._dealt = self._seen = 0
        self._kept = -(-min(self._asked, _LEARNED_FROM) // _CHUNKS)
        self._sampled = max(1, min(self._kept, _SAMPLED_VECTORS // (1 + len(self._rare)) // _CHUNKS))

    def deal(self, run: slice, counts: np.ndarray) -> Dealt | None:
        """The next run of passages; None where none of them is read.

        :param counts: their numbers of texts, integer ``[passages, columns]``.
        """
        asked = counts[:, self._learned].any(axis=1)
        order = self._dealt + np.cumsum(asked) - 1
        places = self._seen + np.arange(len(asked))
        self._dealt += int(asked.sum())
        self._seen += len(asked)
        chunks = order * _CHUNKS // max(self._asked, 1)
        inside = order - -(-chunks * self._asked // _CHUNKS)
        folds = np.where(asked & (inside < self._kept), chunks % FOLDS, -1)
        wanted = folds >= 0
        if counts.shape[1]:
            wanted |= counts[:, self._rare].any(axis=1)
        if not self._asked or self._passages <= _LEARNED_FROM:
            wanted |= places // _ROWS % -(-self._passages // _LEARNED_FROM) == 0
        if not wanted.any():
            return None
        read = slice(int(wanted.argmax()), len(wanted) - int(wanted[::-1].argmax()))
        rows = slice(run.start + read.start, run.start + read.stop)
        return Dealt(rows, folds[read], ((folds >= 0) & (inside < self._sampled))[read])


def runs(shard: Shard) -> Iterator[slice]:
    """The shard's passages, a bounded number at a time."""
    return (slice(start, min(start + _ROWS, shard.passages_count)) for start in range(0, shard.passages_count, _ROWS))


def passage_folds(store: VectorStore) -> np.ndarray:
    """The fold of each passage, int8 ``[passages]``; -1 where a slope learned from this store has no part of it."""
    languages, folds = store.meta.languages, np.full(store.meta.passages, -1, np.int8)
    dealer, before = Dealer(coverage_of(store), store.meta.passages), 0
    for shard in store.shards():
        counts = shard.counts(languages)
        for run in runs(shard):
            if (dealt := dealer.deal(run, counts[run])) is not None:
                folds[before + dealt.rows.start : before + dealt.rows.stop] = dealt.folds
        before += shard.passages_count
    return folds
