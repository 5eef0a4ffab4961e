"""All alphas at once over a store: the best passages of each query at each alpha, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from pyserini_xqg.fusion.arithmetic import QuerySums, target
from pyserini_xqg.fusion.closed_form import Products, products, scores
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.progress import progress
from pyserini_xqg.search.searchers.topk import merge_top_k
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.shard import Shard
from pyserini_xqg.store.widen import as_float32

_ROWS = 1024


def sweep(fused: FusedStore, queries: np.ndarray, alphas: Sequence[float], k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best passages of each query at each alpha.

    :param fused: its recipe's alpha is not used.
    :param queries: float32 ``[queries, dimension]``.
    :returns: scores float32 and passage numbers int64, ``[alphas, queries, min(k, passages)]``, best first.
    """
    best = [(np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)) for _ in alphas]
    seen, store, recipe = 0, fused.store, fused.recipe
    with progress("tuning", "passages", store.meta.passages) as bar:
        for shard in store.shards():
            for start in range(0, shard.passages_count, _ROWS):
                rows = slice(start, min(start + _ROWS, shard.passages_count))
                parts = [
                    (products(queries, passages, towards), absent)
                    for passages, towards, absent in targets(shard, rows, fused)
                ]
                numbers = np.arange(seen, seen + rows.stop - rows.start)
                for place, alpha in enumerate(alphas):
                    best[place] = merge_top_k(*best[place], best_part(parts, alpha, recipe.normalize), numbers, k)
                seen += len(numbers)
                bar.advance(len(numbers))
    return np.stack([kept for kept, _ in best]), np.stack([numbers for _, numbers in best])


def best_part(parts: list[tuple[Products, np.ndarray]], alpha: float, normalize: bool) -> np.ndarray:
    """The score of each passage's best vector, float32 ``[queries, passages]`` or, of pairs, ``[pairs]``.

    :param parts: one, or one a view, each with which passages lack it.
    """
    highest: np.ndarray | None = None
    for block, absent in parts:
        part = scores(block, alpha, normalize)
        part[..., absent] = -np.inf
        highest = part if highest is None else np.maximum(highest, part, out=highest)
    assert highest is not None  # targets gives at least one part
    return highest


def targets(shard: Shard, rows: slice, fused: FusedStore) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Passages, what they are drawn towards, and which of them have no such vector; one triple, or one a view."""
    recipe, prior = fused.recipe, fused.chosen_prior
    passages = as_float32(shard.passages()[rows])
    counts = shard.counts(recipe.languages, recipe.queries_per_language)[rows]
    matrices = shard.query_matrices(recipe.languages, recipe.queries_per_language)
    sums = QuerySums(
        [[_sum(ranks, rows)] if ranks else [] for ranks in matrices],
        expected=None if prior is None else prior.of(passages),
    )
    for mixture in find_fusion(recipe.fusion).mixtures_of(counts, recipe):
        if mixture.there.any():
            yield passages, target(passages, sums, mixture), ~mixture.there


def _sum(ranks: Sequence[np.ndarray], rows: slice) -> np.ndarray:
    total = as_float32(ranks[0][rows])
    for matrix in ranks[1:]:
        total += as_float32(matrix[rows])
    return total
