"""A store's vectors, fused by a recipe, block after block: what every index is made from and every sweep reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.errors import StoreError
from pyserini_xqg.fusion.arithmetic import QuerySums, fuse, normalized, weights_at
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.machine import one_blas_thread
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.shard import Shard
from pyserini_xqg.store.widen import Widener, as_float32

VIEW_DELIMITER = "#"
"""Between a docid and the language of a view, as Pyserini's ``--max-passage-delimiter`` has it by default."""
_ROWS = 128
"""At most so many passages are fused at a time: what is being added up then stays in a core's cache."""
_VALUES = 32_767
"""At most so many values at a time: from one more on torch would spread each conversion over threads of its own."""
_PASSAGES = 1024
"""Passages a block."""
_TORCH_PAYS = 2**32
"""From so many halves on, importing torch (2 s) is won back by its faster conversion (55 against 15 GB/s of floats on
one core).
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of vectors of an index.

    :param names: what each vector is called in the index: the docid, or ``docid#LANG`` for a view.
    :param vectors: float32 ``[len(names), dimension]``.
    """

    names: list[str]
    vectors: np.ndarray


@dataclass(frozen=True, slots=True)
class _Source:
    """What a recipe takes from a shard, opened once for all of its blocks.

    :param passages: memory-mapped ``[passages, dimension]``.
    :param by_language: for each language the matrices whose sum is the sum of its queries' vectors, memory-mapped.
    :param counts: int32 ``[passages, languages]``.
    """

    passages: np.ndarray
    by_language: list[list[np.ndarray]]
    counts: np.ndarray


def fused_blocks(fused: FusedStore, threads: int, delimiter: str = VIEW_DELIMITER) -> Iterator[Block]:
    """Fuse the whole store, in the corpus's order, several blocks at a time and a bounded number ahead.

    :raises StoreError: a shard is damaged, or a docid of views holds the delimiter.
    """
    meta, recipe = fused.store.meta, fused.recipe
    if (
        meta.dtype == "float16"
        and meta.passages * meta.dimension * (1 + len(recipe.languages) * max(meta.ranks, 1)) >= _TORCH_PAYS
    ):
        import torch  # noqa: F401
    # A slope is a matrix product a block, and the blocks are what is spread over the cores.
    alone = one_blas_thread() if fused.prior is not None and fused.prior.slope is not None else nullcontext()
    with alone, ThreadPoolExecutor(max(threads, 1)) as pool:
        flying: deque[Future[Block]] = deque()
        for shard in fused.store.shards():
            docids, source = shard.docids(), _open(shard, recipe)
            for start in range(0, len(docids), _PASSAGES):
                rows = slice(start, min(start + _PASSAGES, len(docids)))
                flying.append(pool.submit(_fused, source, docids[rows], rows, fused, delimiter))
                if len(flying) > 2 * threads:
                    yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def _open(shard: Shard, recipe: Recipe) -> _Source:
    chosen = recipe.languages, recipe.queries_per_language
    return _Source(shard.passages(), shard.query_matrices(*chosen), np.array(shard.counts(*chosen)))


def _fused(source: _Source, docids: list[str], rows: slice, fused_store: FusedStore, delimiter: str) -> Block:
    recipe, prior = fused_store.recipe, fused_store.chosen_prior
    fusion = find_fusion(recipe.fusion)
    mixtures = fusion.mixtures_of(source.counts[rows], recipe)
    present = np.column_stack([mixture.there for mixture in mixtures])
    places = np.cumsum(present.ravel()).reshape(present.shape) - 1
    weights = [weights_at(mixture, recipe.alpha) for mixture in mixtures]
    vectors = np.empty((int(present.sum()), source.passages.shape[1]), dtype=np.float32)
    widen = Widener()
    for part in _parts(rows, vectors.shape[1]):
        here = slice(part.start - rows.start, part.stop - rows.start)
        passages = as_float32(source.passages[part])
        expected = None if prior is None else prior.of(passages)
        sums = QuerySums([[matrix[part] for matrix in ranks] for ranks in source.by_language], widen, expected)
        for column, own in enumerate(weights):
            there = present[here, column]
            if there.any():
                fused = fuse(passages, sums, None if own is None else own.rows(here), view=fusion.views)
                fused = normalized(fused) if recipe.normalize else fused
                vectors[places[here, column][there]] = fused if there.all() else fused[there]
    return Block(_view_names(docids, mixtures, present, delimiter) if fusion.views else docids, vectors)


def _parts(rows: slice, dimension: int) -> Iterator[slice]:
    step = max(1, min(_ROWS, _VALUES // dimension))
    return (slice(start, min(start + step, rows.stop)) for start in range(rows.start, rows.stop, step))


def _view_names(docids: list[str], mixtures: Sequence[Mixture], present: np.ndarray, delimiter: str) -> list[str]:
    """What the views are called, in the index's order.

    :param present: bool ``[passages, mixtures]``, which views there are.
    :raises StoreError: a docid holds the delimiter.
    """
    for docid in docids:
        # A docid that ends in the delimiter's beginning would be cut too early as well.
        if (docid + delimiter).index(delimiter) != len(docid):
            raise StoreError(
                f"docid {docid!r} holds the view delimiter {delimiter!r}; choose another with --view-delimiter"
            )
    suffixes = [f"{delimiter}{mixture.view}" if mixture.view else "" for mixture in mixtures]
    return [
        docid + suffix
        for docid, row in zip(docids, present.tolist(), strict=True)
        for suffix, there in zip(suffixes, row, strict=True)
        if there
    ]
