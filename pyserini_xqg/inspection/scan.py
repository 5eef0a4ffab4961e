"""Looks over a whole store, block by block, so that memory does not grow with it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.shares import PassageVectors
from pyserini_xqg.machine import available_cores
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.shard import Shard

_DELIMITER = "\t"
"""Between docid and language of the views that exist only while a block is looked at; no docid holds white space."""
_ROUNDING = 2e-6
"""Scores of length-one vectors that lie closer than this count as the same: blocks are summed in float32."""


@dataclass(frozen=True, slots=True)
class ScannedPassage:
    """A passage and its score."""

    docid: str
    score: float


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store holds of one passage.

    :param vectors: what the recipe takes of it.
    :param queries: each query's vector, for each language float32 ``[queries, dimension]``; None where the store keeps
        sums only.
    :param numbers: how many queries it has in each of the store's languages, or in all together, before the recipe
        chose among them.
    """

    vectors: PassageVectors
    queries: tuple[np.ndarray, ...] | None
    numbers: tuple[int, ...]


def plain_of(fused: FusedStore) -> FusedStore:
    """The same passages without queries."""
    return FusedStore(fused.store, Recipe(alpha=0.0, normalize=fused.recipe.normalize, kappa=0.0))


def best_passages(fused: FusedStore, question: np.ndarray, k: int) -> list[ScannedPassage]:
    """The k best passages, best first; ties go to the earlier one.

    :param question: float32 ``[dimension]``.
    """
    kept: list[tuple[float, int, str]] = []
    seen = 0
    for docids, scores in _scores(fused, question):
        order = np.argsort(-scores, kind="stable")[:k].tolist()
        kept = heapq.nsmallest(k, [*kept, *((-float(scores[row]), seen + row, docids[row]) for row in order)])
        seen += len(docids)
    return [ScannedPassage(docid, -score) for score, _, docid in kept]


def numbers_above(fused: FusedStore, question: np.ndarray, thresholds: Sequence[float]) -> np.ndarray:
    """How many passages score higher than each threshold, int64 ``[thresholds]``."""
    limits = np.array([threshold + slack(threshold) for threshold in thresholds])
    above = np.zeros(len(limits), dtype=np.int64)
    for _, scores in _scores(fused, question):
        above += len(scores) - np.searchsorted(np.sort(scores), limits, side="right")
    return above


def slack(score: float) -> float:
    """How much higher another score must be to be higher at all."""
    return _ROUNDING * max(1.0, abs(score))


def read_passages_of(fused: FusedStore, docids: set[str]) -> dict[str, Stored]:
    """What the store holds of these passages, those that it has not left out."""
    found: dict[str, Stored] = {}
    for shard in fused.store.shards():
        for row, docid in enumerate(shard.docids()):
            if docid in docids:
                found[docid] = _read(fused, shard, row)
        if len(found) == len(docids):
            break
    return found


def _read(fused: FusedStore, shard: Shard, row: int) -> Stored:
    store, recipe, prior = fused.store, fused.recipe, fused.chosen_prior
    chosen = recipe.languages, recipe.queries_per_language
    numbers = np.array(shard.counts(*chosen)[row])
    dimension = store.meta.dimension
    by_language = [
        np.array([matrix[row] for matrix in matrices], dtype=np.float32).reshape(-1, dimension)
        for matrices in shard.query_matrices(*chosen)
    ]
    sums = np.array([vectors.sum(axis=0) for vectors in by_language], dtype=np.float32).reshape(-1, dimension)
    queries = None
    if store.meta.keep is Keep.RANKS:
        queries = tuple(vectors[:number] for vectors, number in zip(by_language, numbers.tolist(), strict=True))
    passage = np.array(shard.passages()[row], dtype=np.float32)
    return Stored(
        PassageVectors(passage, sums, numbers, None if prior is None else prior.of(passage[None])),
        queries,
        tuple(shard.counts(store.meta.languages)[row].tolist()),
    )


def _scores(fused: FusedStore, question: np.ndarray) -> Iterator[tuple[list[str], np.ndarray]]:
    """Docids and scores, float32 ``[passages]``, of each block of passages."""
    views = find_fusion(fused.recipe.fusion).views
    for block in fused_blocks(fused, available_cores(), _DELIMITER):
        scores = block.vectors @ question
        if not views:
            yield block.names, scores
            continue
        docids = [name.split(_DELIMITER, 1)[0] for name in block.names]
        starts = [row for row, docid in enumerate(docids) if row == 0 or docid != docids[row - 1]]
        yield [docids[row] for row in starts], np.maximum.reduceat(scores, starts)
