"""What a table is worth on sentence pairs that it was not learned from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pyserini_xqg.lexicon.align.bitext import BitextChunk
from pyserini_xqg.lexicon.align.translations import Translations

if TYPE_CHECKING:
    from scipy.sparse import csr_array

TOP = 3
"""So many translations of a word count as its likeliest."""
_COMMON = 0.05
"""A word that a greater share of sentences holds has little content."""
_SMOOTHING = 0.1
"""What a word's frequency alone weighs beside the table, which cannot know every word."""
_K1, _B = 0.9, 0.4
"""BM25's, as Anserini sets them."""


@dataclass(frozen=True, slots=True)
class TargetWords:
    """The target words of the sentence pairs that were learned from.

    :param pairs: how many pairs these are.
    :param probabilities: by number, of a word standing at any place of any sentence, float64 ``[words]``; never 0.
    :param rarities: by number, the inverse sentence frequency of BM25, float64 ``[words]``.
    :param has_content: by number, of a word that few sentences hold, bool ``[words]``.
    """

    pairs: int
    probabilities: np.ndarray
    rarities: np.ndarray
    has_content: np.ndarray


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over held-out sentence pairs.

    :param found: the mean reciprocal rank of the source sentence among all held-out ones, when the target sentence asks
        for it: BM25 over the source sentences' translations, each counted by its probability.
    :param covered: the share of the target sentence's content words that are among the likeliest three translations of
        the source sentence's words.
    :param perplexity: of a target word, given the source sentence.
    """

    found: float
    covered: float
    perplexity: float


def target_words(chunks: Iterable[BitextChunk], width: int) -> TargetWords:
    """Count the target words.

    :param chunks: the pairs that were learned from.
    :param width: above every number of a target word.
    """
    counts, sentences, pairs = np.ones(width), np.zeros(width), 0
    for chunk in chunks:
        counts += np.bincount(chunk.target.ids, chunk.target.counts, width)
        sentences += np.bincount(chunk.target.ids, minlength=width)
        pairs += chunk.pairs
    rarities = np.log(1 + (pairs - sentences + 0.5) / (sentences + 0.5))
    return TargetWords(pairs, counts / counts.sum(), rarities, sentences <= max(1.0, _COMMON * pairs))


@dataclass(frozen=True, slots=True)
class HeldOutPairs:
    """The sentence pairs held out, the words' counts as sparse matrices.

    :param source: ``[pairs, source words]``.
    :param target: ``[pairs, target words]``.
    """

    source: csr_array
    target: csr_array

    @classmethod
    def of(cls, chunks: Iterable[BitextChunk], shape: tuple[int, int]) -> HeldOutPairs:
        """Gather them.

        :param shape: above every number of a source and of a target word.
        """
        from scipy.sparse import csr_array, vstack

        parts: tuple[list[csr_array], list[csr_array]] = ([], [])
        for chunk in chunks:
            for side, width, some in zip((chunk.source, chunk.target), shape, parts, strict=True):
                ends = np.concatenate([[0], np.cumsum(side.lengths)])
                some.append(csr_array((side.counts.astype(np.float64), side.ids, ends), (len(side.lengths), width)))
        return cls(*(vstack(some, "csr") for some in parts))


def measure(table: Translations, pairs: HeldOutPairs, words: TargetWords) -> Quality:
    """Judge a table."""
    from scipy.sparse import csr_array

    shape = (pairs.source.shape[1], pairs.target.shape[1])
    matrix = csr_array((table.probabilities, (table.source, table.target)), shape)
    translated = (pairs.source @ matrix).tocsr()
    top = table.likeliest(TOP)
    likely = pairs.source @ csr_array((np.ones(len(top)), (top.source, top.target)), shape)
    asked = (pairs.target > 0).multiply(words.has_content)
    covered = (likely > 0).multiply(asked).sum() / max(asked.sum(), 1)
    return Quality(
        round(_mean_reciprocal_rank(translated, pairs, words), 4),
        round(float(covered), 4),
        round(_perplexity(translated, pairs, words), 1),
    )


def _mean_reciprocal_rank(translated: csr_array, pairs: HeldOutPairs, words: TargetWords) -> float:
    lengths = translated.sum(axis=1)
    norms = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1e-9))
    weighed = translated.copy()
    weighed.data /= weighed.data + np.repeat(norms, np.diff(weighed.indptr))
    scores = (pairs.target.multiply(words.rarities).tocsr() @ weighed.T.tocsr()).toarray()
    own = scores.diagonal()
    ranks = 1 + (scores > own[:, None]).sum(axis=1)
    return float(np.where(own > 0, 1 / ranks, 0).mean())


def _perplexity(translated: csr_array, pairs: HeldOutPairs, words: TargetWords) -> float:
    lengths, target = pairs.source.sum(axis=1), pairs.target.tocoo()
    by_table = np.concatenate(list(_at(translated, pairs.target))) / lengths[target.coords[0]]
    likelihoods = (1 - _SMOOTHING) * by_table + _SMOOTHING * words.probabilities[target.coords[1]]
    return math.exp(-(target.data * np.log(likelihoods)).sum() / target.data.sum())


def _at(values: csr_array, places: csr_array) -> Iterator[np.ndarray]:
    """The values where the other matrix has some, row by row."""
    row = np.zeros(values.shape[1])
    for number in range(values.shape[0]):
        mine = slice(values.indptr[number], values.indptr[number + 1])
        row[values.indices[mine]] = values.data[mine]
        yield row[places.indices[places.indptr[number] : places.indptr[number + 1]]]
        row[values.indices[mine]] = 0
