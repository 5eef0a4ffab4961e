"""IBM model 1 (Brown et al. 1993) in both directions, by expectation maximisation over chunks of sentence pairs.

A word of one side is the translation of one word of the other, or of the empty word, each as likely as the next before
the pair is seen. What is learned is how likely each translation of a word is. Then both directions are made to agree
(Liang, Taskar and Klein 2006, "Alignment by Agreement"): a link between two words counts as far as both believe in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.lexicon.align.bitext import NULL, BitextChunk
from pyserini_xqg.progress import progress

type Chunks = Callable[[], Iterator[BitextChunk]]
"""Starts another pass over the same pairs."""
_TINY = np.finfo(np.float64).tiny
_ROUNDS_OF_AGREEMENT = 3
"""More change next to nothing on held-out pairs."""


@dataclass(frozen=True, slots=True)
class WordPairs:
    """The words that stand in some sentence pair together, with the probabilities of each being the other's
    translation; the empty words (number 0) among them.

    :param source: int32 ``[pairs of words]``, ascending.
    :param target: int32 ``[pairs of words]``, ascending within a source word.
    :param forward: the probability of the target word, given the source word, float64 ``[pairs of words]``.
    :param backward: the probability of the source word, given the target word, float64 ``[pairs of words]``.
    :param agreed: the probability of the target word among those that both directions link with the source word,
        float64 ``[pairs of words]``; 0 for the empty words.
    """

    source: np.ndarray
    target: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    agreed: np.ndarray

    def __len__(self) -> int:
        """How many there are."""
        return len(self.source)


def learn(chunks: Chunks, width: int, iterations: int, scratch: Path) -> WordPairs:
    """Learn both directions, each for itself, and what they agree on. It takes 50 bytes of memory for each two words
    that stand together somewhere, and what a chunk takes.

    :param chunks: the pairs to learn from.
    :param width: above every number of a target word.
    :param scratch: a file to write, four bytes for each two words of each sentence pair.
    """
    keys = _together(chunks, width)
    _write_places(chunks, width, keys, scratch)
    source, target = (keys // width).astype(np.int32), (keys % width).astype(np.int32)
    del keys
    forward = backward = np.ones(len(source))
    with progress("learning", "passes", iterations + _ROUNDS_OF_AGREEMENT) as passes:
        for _ in range(iterations):
            counts = _expected(chunks, scratch, forward, backward)
            forward, backward = (_normalised(*some) for some in zip(counts, (source, target), strict=True))
            passes.advance()
        ahead, back = forward, backward
        for _ in range(_ROUNDS_OF_AGREEMENT):
            links = np.where((source == NULL) | (target == NULL), 0, _links(chunks, scratch, ahead, back))
            ahead, back = _normalised(links, source), _normalised(links, target)
            passes.advance()
    return WordPairs(source, target, forward, backward, ahead)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Every word of one sentence beside every word of the other, for all sentence pairs of a chunk.

    :param sources: the chunk's source words that the cells are of, int64 ``[cells]``.
    :param targets: the chunk's target words that they are of, int64 ``[cells]``.
    """

    chunk: BitextChunk
    sources: np.ndarray
    targets: np.ndarray


def _grids(chunks: Chunks) -> Iterator[_Grid]:
    for bare in chunks():
        chunk = BitextChunk(bare.pairs, bare.source.with_null(), bare.target.with_null())
        across = np.repeat(chunk.source.lengths, chunk.target.lengths).astype(np.int64)
        targets = np.repeat(np.arange(len(chunk.target.ids)), across)
        firsts = np.repeat(np.cumsum(chunk.source.lengths) - chunk.source.lengths, chunk.target.lengths)
        cells = np.arange(len(targets)) - np.repeat(np.cumsum(across) - across, across)
        yield _Grid(chunk, cells + np.repeat(firsts, across), targets)


def _keys(grid: _Grid, width: int) -> np.ndarray:
    return grid.chunk.source.ids[grid.sources].astype(np.int64) * width + grid.chunk.target.ids[grid.targets]


def _together(chunks: Chunks, width: int) -> np.ndarray:
    """The keys of the words that stand together, ascending, int64 ``[pairs of words]``."""
    found, fresh, waiting = np.empty(0, np.int64), list[np.ndarray](), 0
    for grid in _grids(chunks):
        fresh.append(np.unique(_keys(grid, width)))
        waiting += len(fresh[-1])
        if waiting > len(found):  # seldom enough that merging costs no more than sorting once
            found, fresh, waiting = np.unique(np.concatenate([found, *fresh])), [], 0
    return np.unique(np.concatenate([found, *fresh]))


def _write_places(chunks: Chunks, width: int, keys: np.ndarray, scratch: Path) -> None:
    """Write where in ``keys`` each cell's is: looking it up in every pass would take most of the time."""
    with scratch.open("wb") as stream:
        for grid in _grids(chunks):
            np.searchsorted(keys, _keys(grid, width)).astype(np.int32).tofile(stream)


def _expected(
    chunks: Chunks, scratch: Path, forward: np.ndarray, backward: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How often each word is expected to have been translated by the other, in either direction."""
    ahead, back = np.zeros(len(forward)), np.zeros(len(backward))
    with scratch.open("rb") as stream:
        for grid in _grids(chunks):
            places = np.fromfile(stream, np.int32, len(grid.sources)).astype(np.intp)
            source, target = grid.chunk.source, grid.chunk.target
            to_target = forward[places] * source.counts[grid.sources]
            to_source = backward[places] * target.counts[grid.targets]
            np.add.at(ahead, places, _shares(to_target, grid.targets, target.ids, target.counts))
            np.add.at(back, places, _shares(to_source, grid.sources, source.ids, source.counts))
    return ahead, back


def _links(chunks: Chunks, scratch: Path, forward: np.ndarray, backward: np.ndarray) -> np.ndarray:
    """How many links between each two words are expected that both directions make."""
    links = np.zeros(len(forward))
    with scratch.open("rb") as stream:
        for grid in _grids(chunks):
            places = np.fromfile(stream, np.int32, len(grid.sources)).astype(np.intp)
            source, target = grid.chunk.source, grid.chunk.target
            often, seldom = source.counts[grid.sources], target.counts[grid.targets]
            ahead = _shares(forward[places] * often, grid.targets, target.ids, target.counts) / seldom
            back = _shares(backward[places] * seldom, grid.sources, source.ids, source.counts) / often
            np.add.at(links, places, ahead * back * np.minimum(often, seldom))
    return links


def _shares(likelihoods: np.ndarray, words: np.ndarray, ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Each word's occurrences, dealt out to its cells by their likelihoods; nothing generates the empty word."""
    totals = np.bincount(words, likelihoods, len(ids))
    rates = np.where(ids > 0, counts, 0) / np.maximum(totals, _TINY)
    return likelihoods * rates[words]


def _normalised(counts: np.ndarray, givens: np.ndarray) -> np.ndarray:
    """Counts divided by the sum over all that have the same given word."""
    totals = np.bincount(givens, counts)
    return counts / np.maximum(totals, _TINY)[givens]
