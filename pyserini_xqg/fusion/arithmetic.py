"""The arithmetic of augmentation: passages and their queries' vectors to what is indexed. Pure; no files, no flags.

The paper (Zhuang, Shou, Zuccon, SIGIR'23, arXiv 2305.03950, section 3) adds the queries' embeddings to the passage's:
``e = (1 - alpha) * p + alpha * sum(q)``. :class:`~pyserini_xqg.fusion.recipe.Fusion` names that and two safer forms.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pyserini_xqg.fusion.recipe import Fusion, Recipe


def fuse(passages: np.ndarray, sums: Iterable[np.ndarray], counts: np.ndarray, recipe: Recipe) -> np.ndarray:
    """One vector a passage, by :attr:`Fusion.SUM` or :attr:`Fusion.MEAN`.

    :param passages: float32 ``[passages, dimension]``.
    :param sums: for each language the sum of its queries' vectors, float32 ``[passages, dimension]``; each is used
        before the next is drawn.
    :param counts: how many queries each sum holds, integer ``[passages, languages]``.
    :returns: float32 ``[passages, dimension]``.
    """
    total = np.zeros_like(passages)
    for language_sum in sums:
        total += language_sum
    numbers = counts.sum(axis=1)
    if recipe.fusion is Fusion.SUM:
        weights = np.full((2, len(passages)), [[recipe.alpha], [1.0 - recipe.alpha]], dtype=np.float32)
        return _finish(_mix(passages, total, *weights), recipe)
    return _finish(_towards_mean(passages, total, numbers, recipe.alpha), recipe)


def fuse_view(passages: np.ndarray, language_sum: np.ndarray, counts: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The view of one language: passages drawn towards the mean of its queries.

    :param passages: float32 ``[passages, dimension]``.
    :param language_sum: float32 ``[passages, dimension]``.
    :param counts: integer ``[passages]``; where it is 0 the passage stays as it is.
    :returns: float32 ``[passages, dimension]``.
    """
    return _finish(_towards_mean(passages, language_sum, counts, recipe.alpha), recipe)


def plain(passages: np.ndarray, recipe: Recipe) -> np.ndarray:
    """The passages alone, normalised where the recipe says so; float32 ``[passages, dimension]``."""
    return _finish(passages.copy(), recipe)


def _towards_mean(passages: np.ndarray, total: np.ndarray, numbers: np.ndarray, alpha: float) -> np.ndarray:
    query_weights = (alpha / np.maximum(numbers, 1)).astype(np.float32)
    passage_weights = np.where(numbers > 0, 1.0 - alpha, 1.0).astype(np.float32)
    return _mix(passages, total, query_weights, passage_weights)


def _mix(passages: np.ndarray, total: np.ndarray, query_weights: np.ndarray, passage_weights: np.ndarray) -> np.ndarray:
    mixed = total * _factor(query_weights)
    mixed += passages * _factor(passage_weights)
    return mixed


def _factor(weights: np.ndarray) -> np.ndarray:
    """The rows' weights as a factor: a column, or where all are the same one number, which multiplies twice as fast."""
    return weights[0] if len(weights) and (weights == weights[0]).all() else weights[:, None]


def _finish(vectors: np.ndarray, recipe: Recipe) -> np.ndarray:
    return normalized(vectors) if recipe.normalize else vectors


def normalized(vectors: np.ndarray) -> np.ndarray:
    """Divide each row by its L2 length, in place; a row of zeros stays as it is. Float32 ``[rows, dimension]``."""
    lengths = np.sqrt(np.vecdot(vectors, vectors))
    vectors /= np.where(lengths > 0, lengths, 1.0)[:, None]
    return vectors
