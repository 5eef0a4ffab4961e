"""Tables of translations with their probabilities: out of what was learned in both directions, and pruned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pyserini_xqg.lexicon.align.bitext import NULL
from pyserini_xqg.lexicon.align.choices import Combination, Pruning
from pyserini_xqg.lexicon.align.model1 import WordPairs


@dataclass(frozen=True, slots=True)
class Translations:
    """A table by words' numbers, in the order of the source words, the likeliest translation first.

    :param source: int32 ``[translations]``.
    :param target: int32 ``[translations]``.
    :param probabilities: float64 ``[translations]``.
    """

    source: np.ndarray
    target: np.ndarray
    probabilities: np.ndarray

    def __len__(self) -> int:
        """How many translations there are."""
        return len(self.source)

    def likeliest(self, most: int) -> Translations:
        """The first translations of each word.

        :param most: so many at most.
        """
        kept = np.arange(len(self)) - np.searchsorted(self.source, self.source) < most
        return Translations(self.source[kept], self.target[kept], self.probabilities[kept])


def combined(pairs: WordPairs, combination: Combination, pruning: Pruning) -> Translations:
    """The table of this combination, pruned; the empty words left out."""
    real = (pairs.source != NULL) & (pairs.target != NULL)
    values = pairs.forward
    if combination is Combination.MEAN:
        values = np.where(real, np.sqrt(pairs.forward * pairs.backward), 0)
        totals = np.bincount(pairs.source, values)
        values = values / np.maximum(totals, np.finfo(np.float64).tiny)[pairs.source]
    elif combination is Combination.AGREED:
        values = pairs.agreed
    kept = np.flatnonzero(_kept(pairs.source, values, real, pruning))
    kept = kept[np.lexsort((pairs.target[kept], -values[kept], pairs.source[kept]))]
    return Translations(pairs.source[kept], pairs.target[kept], values[kept])


def _kept(givens: np.ndarray, values: np.ndarray, allowed: np.ndarray, pruning: Pruning) -> np.ndarray:
    """Which of the pairs are likely enough and among the likeliest of their given word, bool ``[pairs]``."""
    candidates = np.flatnonzero(allowed & (values >= pruning.least))
    candidates = candidates[np.lexsort((-values[candidates], givens[candidates]))]
    words = givens[candidates]
    firsts = np.searchsorted(words, words)
    kept = np.zeros(len(values), bool)
    kept[candidates[np.arange(len(words)) - firsts < pruning.most]] = True
    return kept
