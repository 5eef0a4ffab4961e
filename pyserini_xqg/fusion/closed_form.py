"""A query's score as a function of alpha: pure arithmetic.

With ``e(alpha) = (1 - alpha) * p + alpha * t``, where ``t`` is the mean (or sum) of a passage's query vectors, the
inner product with a query is linear in alpha, and the squared length of ``e`` is a quadratic. So two products a query
and three numbers a passage give the score at every alpha.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Products:
    """What the scores of a block depend on; or of pairs, where all shapes are ``[pairs]``.

    :param with_passage: queries times passages, float32 ``[queries, passages]``.
    :param with_target: queries times ``t``, the same shape.
    :param passage_square: ``p . p``, float32 ``[passages]``.
    :param cross: ``p . t``, the same shape.
    :param target_square: ``t . t``, the same shape.
    """

    with_passage: np.ndarray
    with_target: np.ndarray
    passage_square: np.ndarray
    cross: np.ndarray
    target_square: np.ndarray


def paired_products(queries: np.ndarray, passages: np.ndarray, targets: np.ndarray) -> Products:
    """The products of each query with one passage; all float32 ``[pairs, dimension]``."""
    return Products(
        np.vecdot(queries, passages),
        np.vecdot(queries, targets),
        np.vecdot(passages, passages),
        np.vecdot(passages, targets),
        np.vecdot(targets, targets),
    )


def products(
    queries: np.ndarray, passages: np.ndarray, targets: np.ndarray, with_passage: np.ndarray | None = None
) -> Products:
    """The products of a block.

    :param queries: float32 ``[queries, dimension]``.
    :param passages: float32 ``[passages, dimension]``.
    :param targets: ``t`` of each passage, the same shape; a passage without queries has itself.
    :param with_passage: ``queries @ passages.T``, where that is known already.
    """
    return Products(
        queries @ passages.T if with_passage is None else with_passage,
        queries @ targets.T,
        np.einsum("ij,ij->i", passages, passages),
        np.einsum("ij,ij->i", passages, targets),
        np.einsum("ij,ij->i", targets, targets),
    )


def scores(block: Products, alpha: float, normalize: bool) -> np.ndarray:
    """Scores of a block at one alpha, float32 ``[queries, passages]``, or of pairs, ``[pairs]``.

    :param normalize: whether ``e`` is divided by its length.
    """
    passage_weight, target_weight = np.float32(1.0 - alpha), np.float32(alpha)
    linear = passage_weight * block.with_passage + target_weight * block.with_target
    if not normalize:
        return linear
    square = (
        passage_weight**2 * block.passage_square
        + 2 * passage_weight * target_weight * block.cross
        + target_weight**2 * block.target_square
    )
    lengths = np.sqrt(np.maximum(square, 0))
    return linear / np.where(lengths > 0, lengths, 1)
