"""A store's vectors, fused by a recipe, block after block: what every index is made from and every sweep reads."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.arithmetic import QuerySums, fuse, normalized, weights_at
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.store.shard import Shard
from pyserini_xqg.store.vector_store import VectorStore

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
_HALF_EXPONENT = np.int16(0x7C00)
"""A half's exponent, all ones where it is infinite or no number."""
_SIGN_AND_REST = np.int32(-0x80000000 | 0x0FFFE000)
"""The bits of a float32 that a half's sign, exponent and fraction fill."""
_EXPONENT_SHIFT = np.float32(2.0**112)
"""Between the exponents' two biases, 15 and 127."""


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


def complete(store: VectorStore, recipe: Recipe, *, allow_unequal: bool = False) -> Recipe:
    """Fill in the store's languages and see that the recipe can be had from this store.

    :param allow_unequal: let a fusion that asks for equal numbers of queries, such as the sum, pass over unequal ones.
    :raises UsageError: the store lacks what the recipe needs, or a sum would favour the passages with more queries.
    """
    languages = store.choose_languages(recipe.languages)
    store.check_first(recipe.queries_per_language)
    fusion = find_fusion(recipe.fusion)
    if not store.meta.keep.holds(fusion.needs):
        raise UsageError(
            f"{store.folder} keeps {store.meta.keep.words}; encode with --keep {fusion.needs} to make {fusion.name}"
        )
    if fusion.equal_numbers and not allow_unequal:
        smallest, largest = store.query_numbers(languages, recipe.queries_per_language)
        if smallest != largest:
            raise UsageError(
                f"a {fusion.name} needs equally many queries for every passage, and here they have {smallest} to "
                f"{largest}: those with more would win whatever is asked; use --fusion mean, or --allow-unequal to do "
                "it all the same"
            )
    return replace(recipe, languages=languages)


def vector_numbers(store: VectorStore, recipe: Recipe) -> tuple[int, int]:
    """The most vectors that a passage has, and how many there are in all; neither needs a vector to be read.

    :param recipe: a :func:`complete` one.
    """
    fusion = find_fusion(recipe.fusion)
    if not fusion.views:
        return 1, store.meta.passages
    most = total = 0
    for shard in store.shards():
        counts = shard.counts(recipe.languages, recipe.queries_per_language)
        numbers = np.sum([mixture.there for mixture in fusion.mixtures_of(counts, recipe)], axis=0)
        most, total = max(most, int(numbers.max())), total + int(numbers.sum())
    return most, total


def fused_blocks(store: VectorStore, recipe: Recipe, threads: int, delimiter: str = VIEW_DELIMITER) -> Iterator[Block]:
    """Fuse the whole store, in the corpus's order, several blocks at a time and a bounded number ahead.

    :param recipe: a :func:`complete` one.
    :raises StoreError: a shard is damaged, or a docid of views holds the delimiter.
    """
    meta = store.meta
    if (
        meta.dtype == "float16"
        and meta.passages * meta.dimension * (1 + len(recipe.languages) * max(meta.ranks, 1)) >= _TORCH_PAYS
    ):
        import torch  # noqa: F401
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        flying: deque[Future[Block]] = deque()
        for shard in store.shards():
            docids, source = shard.docids(), _open(shard, recipe)
            for start in range(0, len(docids), _PASSAGES):
                rows = slice(start, min(start + _PASSAGES, len(docids)))
                flying.append(pool.submit(_fused, source, docids[rows], rows, recipe, delimiter))
                if len(flying) > 2 * threads:
                    yield flying.popleft().result()
        while flying:
            yield flying.popleft().result()


def _open(shard: Shard, recipe: Recipe) -> _Source:
    chosen = recipe.languages, recipe.queries_per_language
    return _Source(shard.passages(), shard.query_matrices(*chosen), np.array(shard.counts(*chosen)))


def _fused(source: _Source, docids: list[str], rows: slice, recipe: Recipe, delimiter: str) -> Block:
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
        sums = QuerySums([[matrix[part] for matrix in ranks] for ranks in source.by_language], widen)
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


def as_float32(block: np.ndarray) -> np.ndarray:
    """A writable float32 copy of a float16 or float32 block; see :class:`Widener`."""
    return np.array(block, dtype=np.float32) if block.dtype != np.float16 else Widener()(block)


class Widener:
    """Makes float32 of halves over and over in the same place, which then stays in a core's cache. For one thread.

    Both ways here give what NumPy's own conversion gives, 6 and 25 times as fast.
    """

    def __init__(self) -> None:
        self._halves = self._floats = np.empty((0, 0))
        self._convert: Callable[[], object] = int

    def __call__(self, block: np.ndarray) -> np.ndarray:
        """The block as float32, to be read before the next call; a float32 block is given back as it is."""
        if block.dtype != np.float16:
            return block
        if self._halves.shape != block.shape:
            self._prepare(block.shape)
        np.copyto(self._halves, block)
        self._convert()
        return self._floats

    def _prepare(self, shape: tuple[int, ...]) -> None:
        self._halves = np.empty(shape, np.float16)
        self._floats = np.empty(shape, np.float32)
        if "torch" in sys.modules:
            import torch

            self._convert = partial(torch.from_numpy(self._floats).copy_, torch.from_numpy(self._halves))
        else:
            self._convert = partial(_widen, self._halves.view(np.int16), self._floats, self._floats.view(np.int32))


def _widen(halves: np.ndarray, floats: np.ndarray, bits: np.ndarray) -> None:
    """Move a half's bits to their places in a float32, and let one multiplication mend the exponent, subnormal numbers
    included.

    :param halves: the halves' bits, int16.
    :param floats: where the result goes, float32.
    :param bits: the same memory, int32.
    """
    if (halves & _HALF_EXPONENT).max(initial=0) == _HALF_EXPONENT:
        np.copyto(floats, halves.view(np.float16))
        return
    np.copyto(bits, halves)
    np.left_shift(bits, 13, out=bits)
    np.bitwise_and(bits, _SIGN_AND_REST, out=bits)
    np.multiply(floats, _EXPONENT_SHIFT, out=floats)
