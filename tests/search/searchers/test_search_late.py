"""A late index, at any alpha, fusion and choice of languages, is the index built at these."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from random_store import RandomStore, completed, naive, random_store

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.search.searchers.late import LateIndex
from pyserini_xqg.search.searchers.views import PassagesOfViews
from pyserini_xqg.store import blocks
from pyserini_xqg.store.vector_store import VectorStore

RECIPES = [
    Recipe(),
    Recipe(alpha=0.0),
    Recipe(alpha=1.0),
    Recipe(alpha=0.123, normalize=False),
    Recipe(languages=("ru",)),
    Recipe(languages=("ja", "ar"), queries_per_language=2),
    Recipe("views"),
    Recipe("views", 0.7, languages=("ru", "ja")),
    Recipe("views", 1.0, normalize=False, queries_per_language=1),
    Recipe(kappa=0.0),
    Recipe(kappa=None),
    Recipe("views", kappa=0.0),
    Recipe("views", 0.7, languages=("ru", "ja"), plain_view=True, kappa=0.0),
]


@pytest.fixture(scope="module", params=["float32", "float16"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RandomStore:
    return random_store(
        tmp_path_factory.mktemp("late") / "s", passages=150, dimension=24, shard_size=40, dtype=request.param
    )


@pytest.fixture(scope="module")
def queries() -> np.ndarray:
    return np.random.default_rng(11).standard_normal((12, 24), dtype=np.float32)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("k", [1, 10, 150, 170])
def test_it_is_the_index_built_at_this_recipe(
    store: RandomStore, queries: np.ndarray, recipe: Recipe, k: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(blocks, "_PASSAGES", 16)  # several blocks a shard
    build_index(VectorStore(store.folder), tmp_path / "i", recipe, IndexOptions(allow_none=True))
    built = faiss.read_index(str(tmp_path / "i/index"))
    docids = (tmp_path / "i/docid").read_text().splitlines()
    if recipe.fusion == "views":
        built = PassagesOfViews(built, docids, "#")
        docids = built.docids
    assert docids == store.docids
    expected_scores, expected_ids = built.search(queries, k)
    scores, ids = LateIndex(store.folder, recipe, allow_unequal=True).search(queries, k)
    assert scores.shape == ids.shape == (12, k)
    np.testing.assert_array_equal(ids[:, 150:], -1)
    np.testing.assert_allclose(scores[:, :150], expected_scores[:, :150], rtol=1e-6, atol=1e-6)
    for ours, theirs, their_scores in zip(ids, expected_ids, expected_scores, strict=True):
        for place in np.flatnonzero(ours != theirs):  # only where scores tie may the order differ
            there = their_scores[theirs == ours[place]]
            assert len(there) == 0 or abs(there[0] - their_scores[place]) <= 1e-6 * max(1, abs(their_scores[place]))


def test_the_papers_sum_where_numbers_are_equal(queries: np.ndarray, tmp_path: Path):
    made = random_store(tmp_path / "s", passages=30, dimension=24, number=2)
    recipe = Recipe("sum", 0.01, normalize=False)
    scores, ids = LateIndex(made.folder, recipe).search(queries, 30)
    expected = queries @ naive(made, recipe)[1].T
    np.testing.assert_allclose(scores, -np.sort(-expected, axis=1), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(ids, np.argsort(-expected, axis=1))


def test_a_sum_of_unequal_numbers_is_refused_unless_it_is_wanted(store: RandomStore):
    with pytest.raises(UsageError, match="equally many queries"):
        LateIndex(store.folder, Recipe("sum"))
    LateIndex(store.folder, Recipe("sum"), allow_unequal=True)


def test_a_total_takes_any_alpha_and_refuses_languages_and_views(queries: np.ndarray, tmp_path: Path):
    made = random_store(tmp_path / "s", dimension=24, keep=Keep.TOTAL)
    for alpha in (0.0, 0.4):
        for kappa in (0.0, 8.0):
            fused = completed(made, Recipe(alpha=alpha, kappa=kappa))
            scores, _ = LateIndex(made.folder, Recipe(alpha=alpha, kappa=kappa), allow_unequal=True).search(queries, 21)
            expected = queries @ naive(made, fused.recipe, fused.prior)[1].T
            np.testing.assert_allclose(scores, -np.sort(-expected, axis=1), rtol=1e-5, atol=1e-5)
    with pytest.raises(UsageError, match="encode with --keep languages"):
        LateIndex(made.folder, Recipe(languages=("ar",)))
    with pytest.raises(UsageError, match="to make views"):
        LateIndex(made.folder, Recipe("views"))


def test_ties_go_to_the_earlier_passage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks, "_PASSAGES", 8)
    made = random_store(tmp_path / "s", passages=100, languages=(), shard_size=32)
    for path in made.folder.glob("shards/*/passages.npy"):
        np.save(path, np.ones_like(np.load(path)))
    scores, ids = LateIndex(made.folder, Recipe()).search(np.ones((2, 16), np.float32), 5)
    np.testing.assert_array_equal(ids, [[0, 1, 2, 3, 4]] * 2)
    np.testing.assert_allclose(scores, 4.0)


def test_it_looks_like_a_faiss_index(store: RandomStore):
    index = LateIndex(store.folder, Recipe("views"))
    assert (index.d, index.ntotal, index.metric_type) == (24, 150, faiss.METRIC_INNER_PRODUCT)
