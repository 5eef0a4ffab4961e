"""A score's parts add up to the score of the index, whatever the recipe, and each is what the formula says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import RandomStore, best_of_views, naive, random_store

from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.shares import PassageVectors, take_apart
from pyserini_xqg.inspection.scan import read_passages_of
from pyserini_xqg.search.searchers.late import LateIndex
from pyserini_xqg.store.blocks import complete
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
    Recipe("views", 0.9, plain_view=True, languages=("ru", "ar")),
    Recipe(languages=("ja",), queries_per_language=2),
]


@pytest.fixture(scope="module", params=["float32", "float16"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RandomStore:
    return random_store(tmp_path_factory.mktemp("shares") / "s", dtype=request.param)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_the_sum_is_the_score_of_the_index(store: RandomStore, recipe: Recipe):
    question = np.random.default_rng(5).standard_normal(16, dtype=np.float32)
    whole = complete(VectorStore(store.folder), recipe, allow_unequal=True)
    scores, numbers = LateIndex(store.folder, recipe, allow_unequal=True).search(question[None], 21)
    expected = {store.docids[number]: score for number, score in zip(numbers[0], scores[0], strict=True)}
    stored = read_passages_of(VectorStore(store.folder), whole, set(store.docids))
    for docid in store.docids:
        assert take_apart(stored[docid].vectors, question, whole).score == pytest.approx(expected[docid], abs=1e-5)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
def test_a_language_without_queries_and_alone_is_a_store_like_that(store: RandomStore, recipe: Recipe):
    question = np.random.default_rng(6).standard_normal(16)
    whole = complete(VectorStore(store.folder), recipe, allow_unequal=True)
    stored = read_passages_of(VectorStore(store.folder), whole, {"d4"})["d4"].vectors
    for row, code in enumerate(whole.languages):
        for vectors, kept in (
            (stored.without(row), [other for other in store.queries if other != code]),
            (stored.only(row), [code]),
        ):
            queries = {other: own if other in kept else [own[0][:0]] * 21 for other, own in store.queries.items()}
            names, expected = naive(replace(store, queries=queries), whole)
            scores = dict(best_of_views(names, expected, question))
            assert take_apart(vectors, question, whole).score == pytest.approx(scores["d4"], abs=1e-5)


def test_each_querys_share_by_hand():
    passage, first, second, other = np.eye(4, dtype=np.float32)
    question = np.array([1.0, 2.0, 4.0, 8.0])
    vectors = PassageVectors(passage, np.stack([first + second, other]), np.array([2, 1]))
    shares = take_apart(vectors, question, Recipe(alpha=0.6, normalize=False, languages=("ar", "ja")))
    assert shares.own == pytest.approx(0.4)
    assert shares.query_weights == pytest.approx([0.2, 0.2])
    assert shares.languages == pytest.approx([0.2 * 6, 0.2 * 8])
    stretched = take_apart(vectors, question, Recipe(alpha=0.6, languages=("ar", "ja")))
    assert stretched.own == pytest.approx(0.4 / np.sqrt(0.4**2 + 3 * 0.2**2))
    assert stretched.score == pytest.approx(shares.score / np.sqrt(0.4**2 + 3 * 0.2**2))


def test_of_views_only_the_best_ones_language_has_a_part():
    passage, first, second, other = np.eye(4, dtype=np.float32)
    vectors = PassageVectors(passage, np.stack([first + second, other]), np.array([2, 1]))
    recipe = Recipe("views", 0.5, normalize=False, languages=("ar", "ja"))
    shares = take_apart(vectors, np.array([1.0, 2.0, 4.0, 8.0]), recipe)
    assert shares.view == "ja"
    assert shares.languages.tolist() == [0.0, 4.0]
    assert [shares.has_part(row) for row in range(2)] == [False, True]
    plain = take_apart(vectors, np.array([9.0, 0.0, 0.0, 0.0]), replace(recipe, plain_view=True))
    assert (plain.view, plain.score) == ("", 9.0)
    assert not plain.has_part(0)


def test_a_passage_of_zeros_scores_nothing():
    vectors = PassageVectors(np.zeros(3, np.float32), np.zeros((1, 3), np.float32), np.array([1]))
    assert take_apart(vectors, np.ones(3), Recipe(languages=("ar",))).score == 0.0


def test_a_store_without_any_language(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", languages=()).folder)
    own = read_passages_of(store, Recipe(), {"d3"})["d3"].vectors
    assert take_apart(own, np.ones(16), Recipe(normalize=False)).score == pytest.approx(
        float(own.passage.sum()), abs=1e-5
    )
