"""A score's parts add up to the score of the index, whatever the recipe, and each is what the formula says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import RandomStore, best_of_views, completed, naive, random_store

from pyserini_xqg.fusion.prior import QueryPrior
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.shares import PassageVectors, take_apart
from pyserini_xqg.inspection.scan import read_passages_of
from pyserini_xqg.search.searchers.late import LateIndex
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.vector_store import VectorStore

RECIPES = [
    Recipe(),
    Recipe(normalize=False),
    Recipe(alpha=0.0),
    Recipe(alpha=1.0),
    Recipe("sum", 0.01, normalize=False),
    Recipe("sum", 0.4),
    Recipe("views"),
    Recipe("views", 0.7, normalize=False),
    Recipe("views", 0.9, languages=("ru", "ar")),
    Recipe(languages=("ja",), queries_per_language=2),
    Recipe("mean", 0.7, kappa=None),
    Recipe("views", 0.7, kappa=None, languages=("ja", "ru")),
    *(replace(recipe, kappa=0.0) for recipe in (Recipe(), Recipe(normalize=False), Recipe("views", 0.7))),
    Recipe("views", 0.9, plain_view=True, languages=("ru", "ar"), kappa=0.0),
    Recipe(languages=("ja",), queries_per_language=2, kappa=0.0),
]


@pytest.fixture(scope="module", params=["float32", "float16"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RandomStore:
    return random_store(tmp_path_factory.mktemp("shares") / "s", dtype=request.param)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_the_sum_is_the_score_of_the_index(store: RandomStore, recipe: Recipe):
    question = np.random.default_rng(5).standard_normal(16, dtype=np.float32)
    fused = completed(store, recipe)
    scores, numbers = LateIndex(store.folder, recipe, allow_unequal=True).search(question[None], 21)
    expected = {store.docids[number]: score for number, score in zip(numbers[0], scores[0], strict=True)}
    stored = read_passages_of(fused, set(store.docids))
    for docid in store.docids:
        shares = take_apart(stored[docid].vectors, question, fused.recipe)
        assert shares.score == pytest.approx(expected[docid], abs=1e-5)
        assert shares.own + shares.languages.sum() + shares.expected == shares.score


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_language_without_queries_and_alone_is_a_store_like_that(store: RandomStore, recipe: Recipe):
    question = np.random.default_rng(6).standard_normal(16)
    fused = completed(store, recipe)
    stored = read_passages_of(fused, {"d4"})["d4"].vectors
    for row, code in enumerate(fused.recipe.languages):
        for vectors, kept in (
            (stored.without(row), [other for other in store.queries if other != code]),
            (stored.only(row), [code]),
        ):
            queries = {other: own if other in kept else [own[0][:0]] * 21 for other, own in store.queries.items()}
            names, expected = naive(replace(store, queries=queries), fused.recipe, fused.prior)
            scores = dict(best_of_views(names, expected, question))
            assert take_apart(vectors, question, fused.recipe).score == pytest.approx(scores["d4"], abs=1e-5)


def test_each_querys_share_by_hand():
    passage, first, second, other = np.eye(4, dtype=np.float32)
    question = np.array([1.0, 2.0, 4.0, 8.0])
    vectors = PassageVectors(passage, np.stack([first + second, other]), np.array([2, 1]))
    shares = take_apart(vectors, question, Recipe(alpha=0.6, normalize=False, languages=("ar", "ja"), kappa=0.0))
    assert shares.own == pytest.approx(0.4)
    assert shares.query_weights == pytest.approx([0.2, 0.2])
    assert shares.languages == pytest.approx([0.2 * 6, 0.2 * 8])
    stretched = take_apart(vectors, question, Recipe(alpha=0.6, languages=("ar", "ja"), kappa=0.0))
    assert stretched.own == pytest.approx(0.4 / np.sqrt(0.4**2 + 3 * 0.2**2))
    assert stretched.score == pytest.approx(shares.score / np.sqrt(0.4**2 + 3 * 0.2**2))


def test_of_views_only_the_best_ones_language_has_a_part():
    passage, first, second, other = np.eye(4, dtype=np.float32)
    vectors = PassageVectors(passage, np.stack([first + second, other]), np.array([2, 1]))
    recipe = Recipe("views", 0.5, normalize=False, languages=("ar", "ja"), kappa=0.0)
    shares = take_apart(vectors, np.array([1.0, 2.0, 4.0, 8.0]), recipe)
    assert shares.view == "ja"
    assert shares.languages.tolist() == [0.0, 4.0]
    assert [shares.has_part(row) for row in range(2)] == [False, True]
    plain = take_apart(vectors, np.array([9.0, 0.0, 0.0, 0.0]), replace(recipe, plain_view=True))
    assert (plain.view, plain.score) == ("", 9.0)
    assert not plain.has_part(0)


def test_a_passage_of_zeros_scores_nothing():
    vectors = PassageVectors(np.zeros(3, np.float32), np.zeros((1, 3), np.float32), np.array([1]))
    assert take_apart(vectors, np.ones(3), Recipe(languages=("ar",), kappa=0.0)).score == 0.0


def test_a_store_without_any_language(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", languages=()).folder)
    own = read_passages_of(FusedStore(store, Recipe(kappa=0.0)), {"d3"})["d3"].vectors
    assert take_apart(own, np.ones(16), Recipe(normalize=False, kappa=0.0)).score == pytest.approx(
        float(own.passage.sum()), abs=1e-5
    )


def test_the_share_of_what_is_expected_by_hand():
    passage, first, second, other = np.eye(4, dtype=np.float32)
    question = np.array([1.0, 2.0, 4.0, 8.0])
    intercepts = np.stack([other, first + second])
    prior = QueryPrior(("ar", "ja"), intercepts, mean_passage=np.full(4, 2.0, np.float32))
    vectors = PassageVectors(passage, np.stack([first + second, 0 * other]), np.array([2, 0]), prior.of(passage[None]))
    recipe = Recipe(alpha=0.5, normalize=False, languages=("ar", "ja"), kappa=2.0)
    shares = take_apart(vectors, question, recipe)
    # ((first + second + 2 * other) / 4 + first + second) / 2
    assert shares.own == pytest.approx(0.5)
    assert shares.languages == pytest.approx([0.5 * 6 / 8, 0.0])
    assert shares.expected == pytest.approx(0.5 * (2 * 8 / 8 + 6 / 2))
    assert shares.expected_weight == pytest.approx(0.5 * (1 / 4 + 1 / 2))
    own = take_apart(vectors, np.array([9.0, 1, 1, 1]), replace(recipe, fusion="views"))
    assert (own.view, own.expected_weight) == ("", 0.5)
    assert own.expected == pytest.approx(0.5 * 2 * 12)
    assert not own.has_part(0)


def test_shares_of_what_is_expected_need_to_know_it():
    vectors = PassageVectors(np.ones(3), np.ones((1, 3)), np.array([1]))
    with pytest.raises(ValueError, match="nothing says what that is"):
        take_apart(vectors, np.ones(3), Recipe(languages=("ar",)))
