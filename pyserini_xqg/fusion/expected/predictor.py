"""A linear map from passages to what their queries are like, learned from those that have some.

Ridge regression, shared by all languages: within each language, mean query minus the language's mean on passage minus
the passages' mean, ``min sum w |(y - y_l) - (p - p_l) W|^2 + penalty * sum(w) * |W|^2`` (Hoerl and Kennard 1970,
"Ridge Regression"), where a mean of ``n`` queries weighs ``w = n / (n + kappa)``. Two matrices of dimension^2 a fold
are all that is added up, so that nothing grows with the corpus; the folds choose the penalty by cross-validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.expected.moments import NOISE_KAPPA

PENALTIES = tuple(10.0 ** (exponent / 2) for exponent in range(-8, 3))
"""What is tried, from 1e-4 to 10, beside no map at all."""


@dataclass(slots=True)
class Pairs:
    """What is added up of passages and their mean queries.

    :param passages: how many passages have a part.
    :param weights: ``sum w`` of each language, float64 ``[languages]``.
    :param inputs: ``sum w p`` of each language, float64 ``[languages, dimension]``.
    :param outputs: ``sum w y`` of each language, the same shape.
    :param squares: ``sum w p p'`` of all, float64 ``[dimension, dimension]``.
    :param crosses: ``sum w p y'`` of all, the same shape.
    :param output_square: ``sum w |y|^2`` of all.
    """

    passages: int
    weights: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray
    squares: np.ndarray
    crosses: np.ndarray
    output_square: float

    @classmethod
    def none(cls, languages: int, dimension: int) -> Pairs:
        """Nothing yet."""
        by_language = (languages, dimension)
        square = (dimension, dimension)
        return cls(
            0,
            np.zeros(languages),
            np.zeros(by_language),
            np.zeros(by_language),
            np.zeros(square),
            np.zeros(square),
            0.0,
        )

    def add(self, passages: np.ndarray, sums: Sequence[np.ndarray], numbers: np.ndarray) -> None:
        """Add some passages.

        :param passages: float32 ``[passages, dimension]``.
        :param sums: of each language the sums of its queries' vectors, float32 ``[passages, dimension]``.
        :param numbers: how many queries those are, integer ``[passages, languages]``.
        """
        asked = numbers.any(axis=1)
        if not asked.any():
            return
        everything = bool(asked.all())
        inputs = passages if everything else passages[asked]
        counts = (numbers if everything else numbers[asked]).astype(np.float32)
        weights = counts / (counts + np.float32(NOISE_KAPPA))
        together = np.zeros_like(inputs)
        for language, own in enumerate(sums):
            # w * y = n / (n + kappa) * s / n
            weighted = (own if everything else own[asked]) * (1 / (counts[:, language, None] + np.float32(NOISE_KAPPA)))
            together += weighted
            self.outputs[language] += weighted.sum(axis=0, dtype=np.float64)
            self.inputs[language] += weights[:, language] @ inputs
            means = 1 / np.maximum(weights[:, language], np.float32(1e-9))
            self.output_square += float((np.vecdot(weighted, weighted) * means).sum(dtype=np.float64))
        self.passages += len(inputs)
        self.weights += weights.sum(axis=0, dtype=np.float64)
        self.squares += inputs.T @ (inputs * weights.sum(axis=1, keepdims=True))
        self.crosses += inputs.T @ together

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def __sub__(self, other: Pairs) -> Pairs:
        return Pairs(*(getattr(self, name) - getattr(other, name) for name in self.__slots__))

    @property
    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Each language's mean passage and mean query, weighted, float64 ``[languages, dimension]``; zeros where it has
        none.
        """
        there = self.weights[:, None] > 1e-6
        weights = np.where(there, self.weights[:, None], 1.0)
        return np.where(there, self.inputs / weights, 0.0), np.where(there, self.outputs / weights, 0.0)

    def about(self, mean_inputs: np.ndarray, mean_outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Squares, crosses and the outputs' square of the same pairs with means taken off, language by language.

        :param mean_inputs: float64 ``[languages, dimension]``; ``mean_outputs`` likewise.
        """
        scaled = self.weights[:, None]
        mixed = self.inputs.T @ mean_inputs
        squares = self.squares - mixed - mixed.T + (mean_inputs * scaled).T @ mean_inputs
        crosses = (
            self.crosses
            - self.inputs.T @ mean_outputs
            - mean_inputs.T @ self.outputs
            + (mean_inputs * scaled).T @ mean_outputs
        )
        square = (
            self.output_square
            - 2 * float((self.outputs * mean_outputs).sum())
            + float((scaled * mean_outputs**2).sum())
        )
        return squares, crosses, square


@dataclass(frozen=True, slots=True)
class Predictor:
    """The map, and how it was learned.

    :param slope: ``W``, float32 ``[dimension, dimension]``: ``(p - centre) @ W`` is added to a language's mean query.
    :param folds: for each fold the slope that was learned without it.
    :param penalty: in units of the weights' sum.
    :param passages: how many passages it was learned from.
    """

    slope: np.ndarray
    folds: tuple[np.ndarray, ...]
    penalty: float
    passages: int


def learn(folds: Sequence[Pairs]) -> Predictor | None:
    """The map with the penalty that does best on each fold when it is learned from the others; None where no map does
    better than none.

    :param folds: passages that lie near each other should be in one fold: those of one document are alike.
    """
    whole = sum(folds[1:], folds[0])
    if np.count_nonzero([fold.passages for fold in folds]) < 2:
        return None
    losses, without, parts = np.zeros(len(PENALTIES)), 0.0, []
    for fold in folds:
        part = _Decomposed.of(whole - fold)
        left_out, base = part.losses(fold)
        losses += left_out
        without += base
        parts.append(part)
    best = int(losses.argmin())
    if not losses[best] < without:
        return None
    return Predictor(
        slope=_Decomposed.of(whole).slope(PENALTIES[best]),
        folds=tuple(part.slope(PENALTIES[best]) for part in parts),
        penalty=PENALTIES[best],
        passages=whole.passages,
    )


@dataclass(frozen=True, slots=True)
class _Decomposed:
    """Pairs, made ready for any penalty: the squares' eigenvalues, ``[dimension]``, their vectors, and the crosses in
    their base.
    """

    pairs: Pairs
    values: np.ndarray
    vectors: np.ndarray
    crosses: np.ndarray

    @classmethod
    def of(cls, pairs: Pairs) -> _Decomposed:
        squares, crosses, _ = pairs.about(*pairs.centres)
        values, vectors = np.linalg.eigh(squares)
        return cls(pairs, np.maximum(values, 0.0), vectors, vectors.T @ crosses)

    def slope(self, penalty: float) -> np.ndarray:
        """Float32 ``[dimension, dimension]``."""
        scaled = self.crosses / (self.values + penalty * self.pairs.weights.sum())[:, None]
        slope: np.ndarray = (self.vectors @ scaled).astype(np.float32)
        return slope

    def losses(self, left_out: Pairs) -> tuple[np.ndarray, float]:
        """The squared error on other pairs at each penalty, float64 ``[penalties]``, and that of the means alone."""
        squares, products, square = left_out.about(*self.pairs.centres)
        linear = np.einsum("ij,ij->i", self.crosses, self.vectors.T @ products)
        quadratic = (self.vectors.T @ squares @ self.vectors) * (self.crosses @ self.crosses.T)
        shrunk = 1 / (self.values + np.array(PENALTIES)[:, None] * self.pairs.weights.sum())
        return square - 2 * shrunk @ linear + np.einsum("pi,ij,pj->p", shrunk, quadratic, shrunk), square
