"""What a recipe makes of vectors in memory, a vector of the index after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pyserini_xqg.fusion.arithmetic import QuerySums, fuse, normalized, weights_at
from pyserini_xqg.fusion.prior import QueryPrior
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion

DIMENSION = 12


def passages_and_queries() -> tuple[np.ndarray, list[list[np.ndarray]]]:
    """Passages, and for each of two languages each passage's queries: 3 and 1, none and 2, none at all."""
    random = np.random.default_rng(7)
    passages = random.standard_normal((3, DIMENSION), dtype=np.float32)
    queries = [
        [random.standard_normal((count, DIMENSION), dtype=np.float32) for count in counts]
        for counts in ((3, 0, 0), (1, 2, 0))
    ]
    return passages, queries


def some_prior(languages: Sequence[str] = ("ar", "ja"), *, slope: bool = True) -> QueryPrior:
    """Expected queries at random."""
    random = np.random.default_rng(8)
    intercepts = random.standard_normal((len(languages), DIMENSION), dtype=np.float32)
    mean_passage = random.standard_normal(DIMENSION, dtype=np.float32)
    map_ = random.standard_normal((DIMENSION, DIMENSION), dtype=np.float32)
    return QueryPrior(tuple(languages), intercepts, mean_passage, map_ / 4 if slope else None)


def sums_and_counts(
    queries: Sequence[Sequence[np.ndarray]], passages: np.ndarray, prior: QueryPrior | None = None
) -> tuple[QuerySums, np.ndarray]:
    """The sum of each passage's queries in each language and what is expected of them, and how many there are."""
    sums = [[np.array([own.sum(axis=0) for own in by_passage], dtype=np.float32)] for by_passage in queries]
    counts = np.array([[len(own) for own in by_passage] for by_passage in queries], dtype=np.int32)
    expected = None if prior is None else prior.of(passages)
    return QuerySums(sums, expected=expected), counts.reshape(len(queries), len(passages)).T


def mixed(
    passages: np.ndarray, queries: Sequence[Sequence[np.ndarray]], recipe: Recipe, prior: QueryPrior | None = None
) -> dict[str | None, tuple[np.ndarray, np.ndarray]]:
    """View -> which passages have it, and its vectors."""
    fusion = find_fusion(recipe.fusion)
    sums, counts = sums_and_counts(queries, passages, prior)
    made = {}
    for mixture in fusion.mixtures_of(counts, recipe):
        vectors = fuse(passages, sums, weights_at(mixture, recipe.alpha), view=fusion.views)
        made[mixture.view] = mixture.there, normalized(vectors) if recipe.normalize else vectors
    return made
