"""The arithmetic of augmentation: passages and their queries' vectors to what is indexed. Pure; no files, no flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.expected.prior import ExpectedQueries
from pyserini_xqg.fusion.mixture import Mixture


def _unchanged(matrix: np.ndarray) -> np.ndarray:
    return matrix


@dataclass(frozen=True, slots=True)
class QuerySums:
    """What the store holds of some passages' queries, and what is expected of them.

    :param matrices: for each column of the counts the matrices whose sum is the sum of its queries' vectors,
        ``[passages, dimension]``.
    :param widen: makes float32 of one, to be read before the next is made.
    :param expected: None where no mixture has a part of it.
    """

    matrices: Sequence[Sequence[np.ndarray]]
    widen: Callable[[np.ndarray], np.ndarray] = _unchanged
    expected: ExpectedQueries | None = None


@dataclass(frozen=True, slots=True)
class MixtureWeights:
    """A mixture at one alpha: ``a * p + b * (sum(c_i * s_i) + sum(k_i * m_i))``.

    :param passage: ``a``, float32 ``[passages]``.
    :param queries: ``b``, the same.
    :param terms: the columns that have a part, and ``c`` of each, float32 ``[passages]``, None where it is 1
        throughout.
    :param expected: ``k``, float ``[passages, languages]``; None for nothing.
    :param towards_mean_passage: whether the store's mean passage stands in place of all sums.
    """

    passage: np.ndarray
    queries: np.ndarray
    terms: tuple[tuple[int, np.ndarray | None], ...]
    expected: np.ndarray | None
    towards_mean_passage: bool

    def rows(self, rows: slice) -> MixtureWeights:
        """The same of some of the passages."""
        terms = tuple((column, own if own is None else own[rows]) for column, own in self.terms)
        expected = self.expected if self.expected is None else self.expected[rows]
        return MixtureWeights(self.passage[rows], self.queries[rows], terms, expected, self.towards_mean_passage)


def weights_at(mixture: Mixture, alpha: float) -> MixtureWeights | None:
    """The weights of a mixture's parts; None for the plain passage.

    :param alpha: weight of what the passage is drawn towards, 0 to 1.
    """
    if mixture.coefficients is None:
        return None
    drawn = mixture.divisors > 0
    queries = np.divide(alpha, mixture.divisors, out=np.zeros(len(drawn)), where=drawn)
    passage = np.where(drawn, 1.0 - alpha, 1.0)
    return MixtureWeights(
        passage.astype(np.float32),
        queries.astype(np.float32),
        _terms(mixture.coefficients),
        mixture.expected,
        mixture.towards_mean_passage,
    )


def fuse(passages: np.ndarray, sums: QuerySums, weights: MixtureWeights | None, *, view: bool) -> np.ndarray:
    """One vector a passage, not normalised.

    :param passages: float32 ``[passages, dimension]``.
    :param weights: None for the plain passages.
    :param view: whether the vector is one of several.
    :returns: float32 ``[passages, dimension]``; rows of passages that do not have this vector mean nothing.
    """
    if weights is None:
        return passages.copy()
    mixed = _total(passages, sums, weights, view) * _factor(weights.queries)
    mixed += passages * _factor(weights.passage)
    return mixed


def target(passages: np.ndarray, sums: QuerySums, mixture: Mixture) -> np.ndarray:
    """What each passage is drawn towards, the ``t`` of :class:`~pyserini_xqg.fusion.mixture.Mixture`.

    :param passages: float32 ``[passages, dimension]``.
    :returns: float32 ``[passages, dimension]``.
    """
    if mixture.coefficients is None:
        return passages
    drawn = mixture.divisors > 0
    weights = weights_at(mixture, 1.0)
    assert weights is not None  # it has coefficients
    divisors = np.where(drawn, mixture.divisors, 1)[:, None].astype(np.float32)
    towards: np.ndarray = _total(passages, sums, weights, mixture.view is not None) / divisors
    towards[~drawn] = passages[~drawn]
    return towards


def _terms(coefficients: np.ndarray) -> tuple[tuple[int, np.ndarray | None], ...]:
    return tuple(
        (column, None if (own == 1).all() else own.astype(np.float32))
        for column, own in enumerate(coefficients.T)
        if own.any()
    )


def _total(passages: np.ndarray, sums: QuerySums, weights: MixtureWeights, view: bool) -> np.ndarray:
    """``sum(c_i * s_i) + sum(k_i * m_i)``, or the mean passage; float32 ``[passages, dimension]``, to be read and not
    written.

    :raises ValueError: the mixture has a part of what is expected, and nothing says what that is.
    """
    if weights.expected is None and not weights.towards_mean_passage:
        return _own_total(passages, sums, weights.terms, view)
    if sums.expected is None:
        raise ValueError("a mixture draws passages towards what is expected of them, and nothing says what that is")
    if weights.towards_mean_passage or weights.expected is None:
        return np.broadcast_to(sums.expected.mean_passage, passages.shape)
    together: np.ndarray = _own_total(passages, sums, weights.terms, view) + sums.expected.weighted(weights.expected)
    return together


def _own_total(
    passages: np.ndarray, sums: QuerySums, terms: Sequence[tuple[int, np.ndarray | None]], view: bool
) -> np.ndarray:
    """``sum(c_i * s_i)``, float32 ``[passages, dimension]``, to be read and not written."""
    parts = [(matrix, own) for column, own in terms for matrix in sums.matrices[column]]
    if not view or not parts:
        total = np.zeros_like(passages)
    else:
        # A view starts from its first matrix, since 0.0 added to -0.0 is 0.0: indexes made before get their bytes
        # again.
        total = _weighted(sums.widen(parts[0][0]), parts[0][1])
        parts = parts[1:]
        if parts:
            total = total.copy()
    for matrix, own in parts:
        total += _weighted(sums.widen(matrix), own)
    return total


def _weighted(matrix: np.ndarray, own: np.ndarray | None) -> np.ndarray:
    return matrix if own is None else matrix * own[:, None]


def _factor(weights: np.ndarray) -> np.ndarray:
    """The rows' weights as a factor: a column, or where all are the same one number, which multiplies twice as fast."""
    return weights[0] if len(weights) and (weights == weights[0]).all() else weights[:, None]


def normalized(vectors: np.ndarray) -> np.ndarray:
    """Divide each row by its L2 length, in place; a row of zeros stays as it is. Float32 ``[rows, dimension]``."""
    lengths = np.sqrt(np.vecdot(vectors, vectors))
    vectors /= np.where(lengths > 0, lengths, 1.0)[:, None]
    return vectors
