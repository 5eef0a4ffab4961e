"""What a score is made of: pure arithmetic.

A passage's vector in an index is ``e = (a * p + b * sum(q)) / l``, with the weights of :mod:`pyserini_xqg.fusion` and
``l`` its length before it was normalised (1 where it was not). The score is the inner product with the question ``v``,
so it is a sum::

    <v, e> = a / l * <v, p>  +  sum over i of b / l * <v, q_i>

Each summand is that part's share of the score, and nothing is left over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.recipe import Fusion, Recipe


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """What a store holds of one passage.

    :param passage: its own vector, float ``[dimension]``.
    :param sums: for each language the sum of its queries' vectors, float ``[languages, dimension]``.
    :param numbers: how many queries each sum holds, integer ``[languages]``.
    """

    passage: np.ndarray
    sums: np.ndarray
    numbers: np.ndarray

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
        return PassageVectors(self.passage, self.sums * kept[:, None], self.numbers * kept)


@dataclass(frozen=True, slots=True)
class Shares:
    """A score, taken apart.

    :param view: with views, the row of the language whose view scored best; None for the passage itself and for other
        fusions.
    :param query_weight: ``b / l``: a query's share is this times its inner product with the question.
    :param own: the share of the passage's own vector.
    :param languages: the share of each language's queries, float64 ``[languages]``; 0 for those that have no part in
        it.
    """

    view: int | None
    query_weight: float
    own: float
    languages: np.ndarray

    @property
    def score(self) -> float:
        """Their sum."""
        return self.own + float(self.languages.sum())

    def has_part(self, language: int) -> bool:
        """Whether the queries of this language are in the vector that scored."""
        return self.query_weight != 0.0 and self.view in (None, language)


def take_apart(vectors: PassageVectors, question: np.ndarray, recipe: Recipe) -> Shares:
    """The shares of a passage's score, with views those of its best view.

    :param question: float ``[dimension]``.
    """
    exact = PassageVectors(vectors.passage.astype(np.float64), vectors.sums.astype(np.float64), vectors.numbers)
    return max(_candidates(exact, question.astype(np.float64), recipe), key=lambda shares: shares.score)


def _candidates(vectors: PassageVectors, question: np.ndarray, recipe: Recipe) -> Iterator[Shares]:
    """One for each vector that the passage has in the index."""
    total = int(vectors.numbers.sum())
    everything = np.ones(len(vectors.numbers))
    if recipe.fusion is Fusion.SUM:
        yield _shares(
            vectors=vectors,
            question=question,
            recipe=recipe,
            chosen=everything,
            weights=(1.0 - recipe.alpha, recipe.alpha),
        )
        return
    if recipe.fusion is Fusion.VIEWS:
        for language in np.flatnonzero(vectors.numbers).tolist():
            weights = 1.0 - recipe.alpha, recipe.alpha / int(vectors.numbers[language])
            yield _shares(
                vectors=vectors,
                question=question,
                recipe=recipe,
                chosen=everything * (np.arange(len(everything)) == language),
                weights=weights,
                view=language,
            )
    elif total:
        yield _shares(
            vectors=vectors,
            question=question,
            recipe=recipe,
            chosen=everything,
            weights=(1.0 - recipe.alpha, recipe.alpha / total),
        )
    if total == 0 or recipe.plain_view:
        yield _shares(vectors=vectors, question=question, recipe=recipe, chosen=everything, weights=(1.0, 0.0))


def _shares(
    *,
    vectors: PassageVectors,
    question: np.ndarray,
    recipe: Recipe,
    chosen: np.ndarray,
    weights: tuple[float, float],
    view: int | None = None,
) -> Shares:
    """The shares in one vector.

    :param chosen: 1 for the languages that are in it, else 0, float64 ``[languages]``.
    :param weights: of the passage and of each query, before the vector is normalised.
    """
    passage_weight, query_weight = weights
    length = (
        float(np.linalg.norm(passage_weight * vectors.passage + query_weight * (chosen @ vectors.sums)))
        if recipe.normalize
        else 1.0
    )
    passage_weight, query_weight = passage_weight / (length or 1.0), query_weight / (length or 1.0)
    return Shares(
        view,
        query_weight,
        passage_weight * float(question @ vectors.passage),
        query_weight * chosen * (vectors.sums @ question),
    )
