"""Alpha and kappa chosen without labels: a query of the store is left out, its passage fused with the others, and asked
for with it among all passages.

What predicts a passage's queries must not have learned from the one that is left out, which would favour prediction
beyond measure: the passage is predicted for by what was learned from other folds. The mean query of a language is not
made again: of the many that it is made of, one is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks
from pyserini_xqg.fusion.arithmetic import QuerySums, target
from pyserini_xqg.fusion.closed_form import Products, paired_products, products
from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.machine import available_cores
from pyserini_xqg.progress import progress
from pyserini_xqg.store.dealing import passage_folds
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.widen import as_float32
from pyserini_xqg.tune.curve import curve_of
from pyserini_xqg.tune.left_out import QueriesLeftOut
from pyserini_xqg.tune.surface import Surface
from pyserini_xqg.tune.sweep import best_part, targets

_ROWS = 256
_CLOSE = 1e-6
"""Scores that differ by less may differ by rounding alone."""


def score_left_out(
    by_kappa: Sequence[FusedStore], left_out: QueriesLeftOut, measure: QrelsMeasure, alphas: Sequence[float]
) -> Surface:
    """Ask with each query that is left out.

    :param by_kappa: one store at several kappas; its languages are the columns of ``left_out``.
    """
    ranks = left_out_ranks(by_kappa, left_out, alphas)
    curves = []
    for fused, own in zip(by_kappa, ranks, strict=True):
        languages = {
            code: [_score(measure, at_alpha[left_out.columns == column]) for at_alpha in own]
            for column, code in enumerate(fused.recipe.languages)
            if (left_out.columns == column).any()
        }
        curves.append(curve_of(fused.recipe, measure.name, alphas, languages))
    return Surface(tuple(fused.recipe.kappa for fused in by_kappa), tuple(curves))


def left_out_ranks(by_kappa: Sequence[FusedStore], left_out: QueriesLeftOut, alphas: Sequence[float]) -> np.ndarray:
    """The rank of each query's passage, int64 ``[kappas, alphas, queries]``.

    Of passages that score alike half count as better: those without queries are all alike where nothing but the
    expected query has a part.
    """
    own = _own_scores(by_kappa, left_out, alphas)
    close = np.maximum(np.abs(own), 1) * np.float32(_CLOSE)
    count = _Count(left_out, tuple(alphas), own + close, own - close, np.zeros(own.shape, dtype=np.int64))
    store, seen = by_kappa[0].store, 0
    with (
        ThreadPoolExecutor(available_cores()) as pool,
        progress("tuning", "passages", store.meta.passages) as bar,
    ):
        for shard in store.shards():
            for start in range(0, shard.passages_count, _ROWS):
                rows = slice(start, min(start + _ROWS, shard.passages_count))
                with_passage = left_out.queries @ as_float32(shard.passages()[rows]).T
                for kappa, fused in enumerate(by_kappa):
                    parts = [
                        (products(left_out.queries, passages, towards, with_passage), absent)
                        for passages, towards, absent in targets(shard, rows, fused)
                    ]
                    add = partial(count.add, parts=parts, normalize=fused.recipe.normalize, kappa=kappa, seen=seen)
                    list(pool.map(add, range(len(alphas))))
                seen += rows.stop - rows.start
                bar.advance(rows.stop - rows.start)
    # Those that are clearly better were counted twice, those that are alike once.
    return 1 + (count.better + 1) // 2


@dataclass(frozen=True, slots=True)
class _Count:
    """Passages that score better than the right one.

    :param above: what a clearly better score is above, float32 ``[kappas, alphas, queries]``; ``below`` the same of a
        clearly worse one.
    :param better: twice their number, and one for each that is alike; int64, the same shape.
    """

    left_out: QueriesLeftOut
    alphas: tuple[float, ...]
    above: np.ndarray
    below: np.ndarray
    better: np.ndarray

    def add(
        self,
        place: int,
        *,
        parts: list[tuple[Products, np.ndarray]],
        normalize: bool,
        kappa: int,
        seen: int,
    ) -> None:
        """Count those of a block at one alpha.

        :param place: which alpha.
        :param seen: how many passages came before it.
        """
        scores = best_part(parts, self.alphas[place], normalize)
        numbers = self.left_out.numbers - seen
        mine = np.flatnonzero((numbers >= 0) & (numbers < scores.shape[1]))
        scores[mine, numbers[mine]] = -np.inf  # here it has all of its queries
        self.better[kappa, place] += np.count_nonzero(scores > self.above[kappa, place][:, None], axis=1)
        self.better[kappa, place] += np.count_nonzero(scores >= self.below[kappa, place][:, None], axis=1)


def _own_scores(by_kappa: Sequence[FusedStore], left_out: QueriesLeftOut, alphas: Sequence[float]) -> np.ndarray:
    """What each query's passage scores without it, float32 ``[kappas, alphas, queries]``."""
    own = np.empty((len(by_kappa), len(alphas), len(left_out)), dtype=np.float32)
    folds = passage_folds(by_kappa[0].store)[left_out.numbers]
    for fold in np.unique(folds).tolist():
        rows = folds == fold
        of_fold = left_out.choose(rows)
        for kappa, fused in enumerate(by_kappa):
            parts = list(_own_parts(fused, fused.prior_without(fold), of_fold))
            for place, alpha in enumerate(alphas):
                own[kappa, place, rows] = best_part(parts, alpha, fused.recipe.normalize)
    return own


def _own_parts(
    fused: FusedStore, prior: QueryPrior | None, left_out: QueriesLeftOut
) -> Iterator[tuple[Products, np.ndarray]]:
    """Each query against its own passage without it: products ``[queries]``, and where there is no such vector."""
    sums = QuerySums([[own] for own in left_out.sums], expected=None if prior is None else prior.of(left_out.passages))
    for mixture in find_fusion(fused.recipe.fusion).mixtures_of(left_out.counts, fused.recipe):
        if mixture.there.any():
            towards = target(left_out.passages, sums, mixture)
            yield paired_products(left_out.queries, left_out.passages, towards), ~mixture.there


def _score(measure: QrelsMeasure, ranks: np.ndarray) -> float:
    one = np.ones(len(ranks))
    relevant = RelevantRanks(np.arange(len(ranks)), ranks, one, ((1,),) * len(ranks))
    return float(measure.of_ranks(relevant).mean())
