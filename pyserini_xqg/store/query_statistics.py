"""What is added up of a store's passages and queries to learn a prior from: read once, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pyserini_xqg.fusion.expected.held_out import HeldOutSample
from pyserini_xqg.fusion.expected.moments import QueryMoments
from pyserini_xqg.fusion.expected.predictor import Pairs
from pyserini_xqg.store.coverage import Coverage
from pyserini_xqg.store.dealing import FOLDS, Dealer, Dealt, runs
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.store.widen import as_float32


@dataclass(frozen=True, slots=True)
class _Kept:
    """Passages of one fold, kept for the scores of held-out passages; see :class:`HeldOutSample`."""

    fold: int
    passages: np.ndarray
    means: np.ndarray
    there: np.ndarray


@dataclass(slots=True)
class QueryStatistics:
    """Sums over the passages that were read, a column a language of the store (one where it keeps a total).

    :param passage_total: the sum of their vectors, float64 ``[dimension]``.
    :param passages: how many those are.
    :param learned: the columns that a slope is learned from, bool ``[columns]``.
    :param folds: empty where no slope shall be learned.
    """

    moments: list[QueryMoments]
    learned: np.ndarray
    passage_total: np.ndarray
    passages: int = 0
    folds: list[Pairs] = field(default_factory=list)
    _kept: list[_Kept] = field(default_factory=list)

    @property
    def mean_passage(self) -> np.ndarray:
        """Float64 ``[dimension]``."""
        return self.passage_total / max(self.passages, 1)

    @property
    def pairs(self) -> Pairs | None:
        """All folds together; None where no slope shall be learned."""
        return sum(self.folds[1:], self.folds[0]) if self.folds else None

    def sample(self, columns: Sequence[int]) -> HeldOutSample:
        """What was kept, with the queries of these languages."""
        return HeldOutSample(
            np.concatenate([np.full(len(kept.passages), kept.fold) for kept in self._kept]),
            np.concatenate([kept.passages for kept in self._kept]),
            np.concatenate([kept.means[columns] for kept in self._kept], axis=1),
            np.concatenate([kept.there[columns] for kept in self._kept], axis=1),
        )

    def add(self, passages: np.ndarray, sums: Sequence[np.ndarray], numbers: np.ndarray, dealt: Dealt) -> None:
        """Add some passages.

        :param passages: float32 ``[passages, dimension]``.
        :param sums: of each language the sums of its queries' vectors, float32 ``[passages, dimension]``.
        :param numbers: how many queries those are, integer ``[passages, languages]``.
        """
        self.passage_total += np.ones(len(passages), np.float32) @ passages
        self.passages += len(passages)
        for moments, own, number in zip(self.moments, sums, numbers.T, strict=True):
            moments.add(own, number)
        for fold, pairs in enumerate(self.folds):
            rows = dealt.folds == fold
            if rows.any():
                nothing = np.broadcast_to(np.float32(0), passages[rows].shape)
                used = [own[rows] if use else nothing for own, use in zip(sums, self.learned, strict=True)]
                pairs.add(passages[rows], used, numbers[rows] * self.learned)
            kept = rows & dealt.sampled
            if kept.any():
                counted = np.maximum(numbers[kept].T, 1)[:, :, None]
                means = np.stack([own[kept] for own in sums]) / counted
                self._kept.append(_Kept(fold, passages[kept], means.astype(np.float32), numbers[kept].T > 0))


def read_statistics(store: VectorStore, coverage: Coverage, first: int | None, *, folds: bool) -> QueryStatistics:
    """Read the store through, or of a large one as much as :class:`~pyserini_xqg.store.dealing.Dealer` deals.

    :param first: only the first so many queries of each language.
    :param folds: whether a slope shall be learned.
    :raises StoreError: the store is damaged.
    """
    meta, columns = store.meta, len(coverage.passages) if store.meta.languages else 0
    moments = [QueryMoments(np.zeros(meta.dimension)) for _ in range(columns)]
    seen = QueryStatistics(moments, coverage.learned, np.zeros(meta.dimension))
    if folds:
        seen.folds = [Pairs.none(columns, meta.dimension) for _ in range(FOLDS)]
    dealer = Dealer(coverage, meta.passages)
    for shard in store.shards():
        counts = shard.counts(meta.languages, first)
        matrices = shard.query_matrices(meta.languages, first) if columns else []
        for run in runs(shard):
            if (dealt := dealer.deal(run, counts[run])) is None:
                continue
            passages = as_float32(shard.passages()[dealt.rows])
            sums = [_summed([matrix[dealt.rows] for matrix in ranks], passages.shape) for ranks in matrices]
            seen.add(passages, sums, counts[dealt.rows], dealt)
    return seen


def _summed(matrices: Sequence[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Zeros where there is none: no passage has a query in this language."""
    total = as_float32(matrices[0]) if matrices else np.zeros(shape, np.float32)
    for matrix in matrices[1:]:
        total += as_float32(matrix)
    return total
