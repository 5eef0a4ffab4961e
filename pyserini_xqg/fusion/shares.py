"""What a score is made of: pure arithmetic.

A passage's vector in an index is ``e = ((1 - alpha) * p + alpha * sum(c_i * s_i + k_i * m_i) / d) / l``, with the
coefficients of its :class:`~pyserini_xqg.fusion.mixture.Mixture`, ``s_i`` the sum of a language's queries, ``m_i`` the
query expected in it, and ``l`` its length before it was normalised (1 where it was not). The score is the inner product
with the question ``v``, so it is a sum::

    <v, e> = (1 - alpha) / l * <v, p>  +  sum over i, and over the queries q of i, of alpha * c_i / (d * l) * <v, q>
             + alpha / (d * l) * sum over i of k_i * <v, m_i>

Each summand is that part's share of the score, and nothing is left over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.expected.prior import ExpectedQueries
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What a store holds of one passage.

    :param passage: its own vector, float ``[dimension]``.
    :param sums: for each language the sum of its queries' vectors, float ``[languages, dimension]``.
    :param numbers: how many queries each sum holds, integer ``[languages]``.
    :param expected: what is expected of its queries, one row; None where no query is.
    """

    passage: np.ndarray
    sums: np.ndarray
    numbers: np.ndarray
    expected: ExpectedQueries | None = None

    def without(self, language: int) -> PassageVectors:
        """The same passage, had it no queries in the language of this row."""
        return self._keeping(np.arange(len(self.numbers)) != language)

    def only(self, language: int) -> PassageVectors:
        """The same passage, had it queries in the language of this row alone."""
        return self._keeping(np.arange(len(self.numbers)) == language)

    def plain(self, normalize: bool) -> np.ndarray:
        """What the passage is at alpha 0, float64 ``[dimension]``."""
        exact = self.passage.astype(np.float64)
        return exact / (float(np.linalg.norm(exact)) or 1.0) if normalize else exact

    def _keeping(self, kept: np.ndarray) -> PassageVectors:
        return PassageVectors(self.passage, self.sums * kept[:, None], self.numbers * kept, self.expected)


@dataclass(frozen=True, slots=True)
class Shares:
    """A score, taken apart.

    :param view: with views, the language whose view scored best, empty for the passage itself; None with other fusions.
    :param own: the share of the passage's own vector.
    :param query_weights: for each language ``alpha * c / (d * l)``: a query's share is this times its inner product
        with the question; float64 ``[languages]``, 0 for those that have no part in the vector that scored.
    :param languages: the share of each language's queries, float64 ``[languages]``.
    :param expected: the share of what was expected of its queries, or of the mean passage.
    :param expected_weight: that share is this times the inner product of what was expected with the question.
    """

    view: str | None
    own: float
    query_weights: np.ndarray
    languages: np.ndarray
    expected: float = 0.0
    expected_weight: float = 0.0

    @property
    def score(self) -> float:
        """Their sum."""
        return self.own + float(self.languages.sum()) + self.expected

    def has_part(self, language: int) -> bool:
        """Whether the queries of this language are in the vector that scored."""
        return bool(self.query_weights[language] != 0.0)


def take_apart(vectors: PassageVectors, question: np.ndarray, recipe: Recipe) -> Shares:
    """The shares of a passage's score, with views those of its best view.

    :param question: float ``[dimension]``.
    """
    exact = PassageVectors(
        vectors.passage.astype(np.float64), vectors.sums.astype(np.float64), vectors.numbers, vectors.expected
    )
    return max(_candidates(exact, question.astype(np.float64), recipe), key=lambda shares: shares.score)


def _candidates(vectors: PassageVectors, question: np.ndarray, recipe: Recipe) -> Iterator[Shares]:
    """One for each vector that the passage has in the index."""
    for mixture in find_fusion(recipe.fusion).mixtures_of(vectors.numbers[None], recipe):
        if mixture.there[0]:
            yield _shares(vectors, question, recipe, mixture)


def _shares(vectors: PassageVectors, question: np.ndarray, recipe: Recipe, mixture: Mixture) -> Shares:
    """The shares in one vector of one passage."""
    passage_weight, query_weight, coefficients = 1.0, 0.0, np.zeros(len(vectors.numbers))
    expected, counted, divisor = np.zeros(len(vectors.passage)), 0.0, float(mixture.divisors[0])
    if mixture.coefficients is not None and divisor > 0:
        passage_weight, query_weight, coefficients = 1.0 - recipe.alpha, recipe.alpha / divisor, mixture.coefficients[0]
        expected, counted = _expected(vectors, mixture)
    length = (
        float(
            np.linalg.norm(passage_weight * vectors.passage + query_weight * (coefficients @ vectors.sums + expected))
        )
        if recipe.normalize
        else 1.0
    )
    passage_weight, query_weight = passage_weight / (length or 1.0), query_weight / (length or 1.0)
    return Shares(
        mixture.view,
        passage_weight * float(question @ vectors.passage),
        query_weight * coefficients,
        query_weight * coefficients * (vectors.sums @ question),
        query_weight * float(expected @ question),
        query_weight * counted,
    )


def _expected(vectors: PassageVectors, mixture: Mixture) -> tuple[np.ndarray, float]:
    """``sum(k_i * m_i)``, or the mean passage, float64 ``[dimension]``, and ``sum(k_i)``, or 1.

    :raises ValueError: the mixture has a part of it, and nothing says what it is.
    """
    if mixture.expected is None and not mixture.towards_mean_passage:
        return np.zeros(len(vectors.passage)), 0.0
    if vectors.expected is None:
        raise ValueError("a mixture draws a passage towards what is expected of it, and nothing says what that is")
    if mixture.towards_mean_passage or mixture.expected is None:
        return vectors.expected.mean_passage.astype(np.float64), 1.0
    return vectors.expected.weighted(mixture.expected)[0].astype(np.float64), float(mixture.expected[0].sum())
