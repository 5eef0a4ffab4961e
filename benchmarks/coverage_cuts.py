"""Stores with fewer queries, cut out of one that has them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from coverage_sets import CoverageSet

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.meta import prepare_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

type Kept = Mapping[str, np.ndarray]
"""Language -> whether a query of this rank is kept, bool ``[ranks, passages]``."""


def everything(where: CoverageSet) -> Kept:
    """All queries."""
    return {code: where.has(code) for code in where.languages}


def only_first(where: CoverageSet, number: int = 1) -> Kept:
    """The first of each language."""
    kept = everything(where)
    return {code: own & (np.cumsum(own, axis=0) <= number) for code, own in kept.items()}


def of_passages(where: CoverageSet, passages: np.ndarray) -> Kept:
    """All queries of some passages, bool ``[passages]``."""
    return {code: own & passages for code, own in everything(where).items()}


def at_random(where: CoverageSet, seed: int = 0) -> Kept:
    """Of each passage and language none, a fifth, or all of the queries."""
    random, kept = np.random.default_rng(seed), {}
    for code, own in everything(where).items():
        numbers = own.sum(axis=0)
        share = np.array([0.0, 0.2, 1.0])[random.integers(0, 3, own.shape[1])]
        most = np.where(share == 0, 0, np.maximum(np.round(share * numbers), np.minimum(numbers, 1)))
        kept[code] = own & (np.cumsum(own, axis=0) <= most)
    return kept


def sample(where: CoverageSet, share: float, seed: int) -> Kept:
    """All queries of a share of those passages that have some."""
    asked = np.flatnonzero(np.any([own.any(axis=0) for own in everything(where).values()], axis=0))
    chosen = np.random.default_rng(seed).permutation(asked)[: max(1, round(share * len(asked)))]
    return of_passages(where, np.isin(np.arange(len(where.passages)), chosen))


def cut(where: CoverageSet, place: Path, kept: Kept, *, swapped: bool = False) -> VectorStore:
    """Write a store of sums with the queries that are kept.

    :param swapped: give each passage one more query a language, the first of another passage.
    """
    languages = tuple(sorted(kept))
    passages = len(where.passages)
    order = np.random.default_rng(1).permutation(passages)
    sums, counts = {}, np.zeros((passages, len(languages)), np.int32)
    for column, code in enumerate(languages):
        own = kept[code]
        total = np.zeros((passages, where.passages.shape[1]), np.float32)
        for rank, there in enumerate(own):
            if there.any():
                total[there] += where.ranks[code][rank][there].astype(np.float32)
        counts[:, column] = own.sum(axis=0)
        if swapped:
            total += where.ranks[code][0].astype(np.float32)[order]
            counts[:, column] += where.has(code)[0][order]
        sums[f"sum.{code}"] = total.astype(np.float16)
    docids = [docid for shard in where.store.shards() for docid in shard.docids()]
    meta = replace(where.store.meta, languages=languages, keep=Keep.LANGUAGES, ranks=0, shard_size=passages)
    prepare_store(place, meta)
    write_shard(place, 0, ShardContents(docids, where.passages.astype(np.float16), counts, sums))
    return VectorStore(place)
