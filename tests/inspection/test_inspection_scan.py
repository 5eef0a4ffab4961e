"""Looks over a store: the best passages, ranks by counting, single passages; the same as holding everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from random_store import RandomStore, best_of_views, completed, naive, random_store

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.inspection.scan import best_passages, numbers_above, plain_of, read_passages_of
from pyserini_xqg.store import blocks
from pyserini_xqg.store.fused_store import FusedStore, complete
from pyserini_xqg.store.vector_store import VectorStore


@pytest.fixture(autouse=True)
def several_blocks_a_shard(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks, "_PASSAGES", 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> RandomStore:
    return random_store(tmp_path_factory.mktemp("scan") / "s")


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(),
        Recipe("views"),
        Recipe(normalize=False),
        Recipe(kappa=0.0),
        Recipe("views", kappa=0.0),
        Recipe("views", kappa=None),
    ],
    ids=str,
)
def test_best_passages_and_ranks(made: RandomStore, recipe: Recipe):
    question = np.random.default_rng(1).standard_normal(16, dtype=np.float32)
    fused = completed(made, recipe)
    for whole in (fused, plain_of(fused)):
        names, vectors = naive(made, whole.recipe, whole.prior)
        expected = (
            best_of_views(names, vectors, question)
            if whole.recipe.alpha
            else sorted(_plain(made, recipe, question), key=lambda entry: -entry[1])
        )
        found = best_passages(whole, question, 7)
        assert [hit.docid for hit in found] == [docid for docid, _ in expected[:7]]
        assert [hit.score for hit in found] == pytest.approx([score for _, score in expected[:7]], abs=1e-5)
        assert numbers_above(whole, question, [score for _, score in expected]).tolist() == list(range(21))


def _plain(made: RandomStore, recipe: Recipe, question: np.ndarray) -> list[tuple[str, float]]:
    lengths = np.linalg.norm(made.passages, axis=1) if recipe.normalize else np.ones(21)
    return list(zip(made.docids, (made.passages @ question / lengths).tolist(), strict=True))


def test_ties_go_to_the_earlier_passage_and_count_as_no_higher(tmp_path: Path):
    made = random_store(tmp_path / "s", languages=(), passages=9, shard_size=4)
    for path in made.folder.glob("shards/*/passages.npy"):
        np.save(path, np.ones_like(np.load(path)))
    fused = FusedStore(VectorStore(made.folder), Recipe(kappa=0.0))
    question = np.ones(16, np.float32)
    assert [hit.docid for hit in best_passages(fused, question, 3)] == ["d0", "d1", "d2"]
    assert numbers_above(fused, question, [4.0, 3.9]).tolist() == [0, 9]


@pytest.mark.parametrize("keep", Keep)
def test_single_passages(tmp_path: Path, keep: Keep):
    made = random_store(tmp_path / "s", keep=keep)
    store = VectorStore(made.folder)
    stored = read_passages_of(complete(store, Recipe()), {"d20", "d1", "elsewhere"})
    assert set(stored) == {"d20", "d1"}
    own = stored["d20"]
    numbers = [len(made.queries[code][20]) for code in store.meta.languages]
    sums = [made.queries[code][20].sum(axis=0) for code in store.meta.languages]
    assert own.numbers == ((sum(numbers),) if keep is Keep.TOTAL else tuple(numbers))
    np.testing.assert_array_equal(own.vectors.passage, made.passages[20])
    np.testing.assert_allclose(own.vectors.sums, [np.sum(sums, axis=0)] if keep is Keep.TOTAL else sums, atol=1e-5)
    if keep is not Keep.RANKS:
        assert own.queries is None
        return
    assert own.queries is not None
    for code, vectors in zip(store.meta.languages, own.queries, strict=True):
        np.testing.assert_array_equal(vectors, made.queries[code][20])


def test_the_first_queries_only(tmp_path: Path):
    made = random_store(tmp_path / "s")
    fused = completed(made, Recipe(languages=("ru",), queries_per_language=2))
    own = read_passages_of(fused, {"d5"})["d5"]
    assert own.queries is not None
    np.testing.assert_array_equal(own.queries[0], made.queries["ru"][5][:2])
    np.testing.assert_allclose(own.vectors.sums[0], made.queries["ru"][5][:2].sum(axis=0), atol=1e-6)
