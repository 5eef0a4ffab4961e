"""A store's vectors by every recipe against loops written from the formulae, in order and in bounded memory."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from random_store import LANGUAGES, RandomStore, completed, naive, random_store

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import FUSIONS
from pyserini_xqg.store import blocks
from pyserini_xqg.store.blocks import Block, fused_blocks
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.vector_store import VectorStore

RECIPES = [
    Recipe(),
    Recipe(alpha=0.0),
    Recipe(alpha=1.0),
    Recipe(normalize=False),
    Recipe(languages=("ru",)),
    Recipe(languages=("ru", "ar"), alpha=0.5),
    Recipe("sum", 0.01, normalize=False),
    Recipe("sum", 0.05, languages=("ja", "ar")),
    Recipe("views"),
    Recipe("views", 1.0, normalize=False),
    Recipe("views", 0.0),
    Recipe("views", plain_view=True),
    Recipe("views", languages=("ru", "ja")),
]
FIRST = [
    Recipe(queries_per_language=1),
    Recipe(queries_per_language=3, languages=("ja",)),
    Recipe("sum", 0.02, normalize=False, queries_per_language=2),
    Recipe("views", queries_per_language=2, plain_view=True),
    Recipe(queries_per_language=99),
]


def at_kappas(recipes: list[Recipe]) -> list[Recipe]:
    """The recipes without a kappa, and those that go by one with some, and with what the variances say."""
    kappas = {True: (0.0, 0.5, 8.0, None), False: (0.0,)}
    return [
        replace(recipe, kappa=kappa)
        for recipe in recipes
        for kappa in kappas[FUSIONS[recipe.fusion].shrinks and not recipe.plain_view]
    ]


def named(recipe: Recipe) -> str:
    languages = "+".join(recipe.languages)
    first = f"{recipe.fusion}-{recipe.alpha}-{recipe.normalize}-{languages}"
    return f"{first}-{recipe.queries_per_language}-{recipe.plain_view}-kappa-{recipe.kappa}"


def all_of(store: RandomStore, recipe: Recipe, threads: int = 2) -> tuple[list[str], np.ndarray]:
    found = list(fused_blocks(completed(store, recipe), threads))
    assert all(block.vectors.dtype == np.float32 and len(block.names) == len(block.vectors) for block in found)
    return list(chain.from_iterable(block.names for block in found)), np.concatenate([block.vectors for block in found])


def assert_is_its_formula(store: RandomStore, recipe: Recipe, tolerance: float, threads: int = 2) -> None:
    fused = completed(store, recipe)
    names, vectors = all_of(store, recipe, threads)
    expected_names, expected = naive(store, fused.recipe, fused.prior)
    assert names == expected_names
    np.testing.assert_allclose(vectors, expected, atol=tolerance)


@pytest.mark.parametrize("recipe", at_kappas(RECIPES), ids=named)
@pytest.mark.parametrize("keep", [Keep.RANKS, Keep.LANGUAGES])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_every_recipe_is_its_formula(tmp_path: Path, recipe: Recipe, keep: Keep, dtype: str):
    store = random_store(tmp_path / "s", keep=keep, dtype=dtype)
    # Sums are rounded when they are stored as halves; single vectors here are not.
    assert_is_its_formula(store, recipe, 4e-3 if (keep, dtype) == (Keep.LANGUAGES, "float16") else 2e-6)


@pytest.mark.parametrize("recipe", at_kappas(FIRST), ids=named)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_first_queries_are_the_first(tmp_path: Path, recipe: Recipe, dtype: str):
    assert_is_its_formula(random_store(tmp_path / "s", dtype=dtype), recipe, 2e-6)


@pytest.mark.parametrize(
    "recipe", at_kappas([recipe for recipe in RECIPES if recipe.fusion != "views" and not recipe.languages]), ids=named
)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_store_of_a_total_gives_sums_and_means(tmp_path: Path, recipe: Recipe, dtype: str):
    store = random_store(tmp_path / "s", keep=Keep.TOTAL, dtype=dtype)
    assert_is_its_formula(store, recipe, 2e-6 if dtype == "float32" else 4e-3)


def test_a_store_of_a_total_refuses_languages_and_views(tmp_path: Path):
    random_store(tmp_path / "s", keep=Keep.TOTAL)
    store = VectorStore(tmp_path / "s")
    with pytest.raises(UsageError, match="keeps one sum over ar, ja, ru"):
        complete(store, Recipe(languages=("ar",)))
    with pytest.raises(UsageError, match="encode with --keep languages to make views"):
        complete(store, Recipe("views"))
    with pytest.raises(UsageError, match="encode with --keep ranks"):
        complete(store, Recipe(queries_per_language=1))


def test_a_store_without_queries_is_the_passages(tmp_path: Path):
    store = random_store(tmp_path / "s", languages=())
    for fusion in FUSIONS:
        names, vectors = all_of(store, Recipe(fusion, normalize=False, alpha=0.0))
        assert names == store.docids
        np.testing.assert_array_equal(vectors, store.passages)


# A sum is only fair between passages with equally many queries.


def test_a_sum_of_unequal_numbers_is_refused_with_both(tmp_path: Path):
    made = random_store(tmp_path / "s")
    store = VectorStore(tmp_path / "s")
    most = max(sum(len(made.queries[code][row]) for code in LANGUAGES) for row in range(21))
    with pytest.raises(
        UsageError, match=rf"they have 0 to {most}: those with more would win .* use --fusion mean, or --allow-unequal"
    ):
        complete(store, Recipe("sum"))
    assert complete(store, Recipe("sum"), allow_unequal=True).recipe.languages == LANGUAGES
    assert complete(store, Recipe("mean")).recipe.fusion == "mean"


def test_a_sum_of_equal_numbers_passes(tmp_path: Path):
    random_store(tmp_path / "s", number=3)
    store = VectorStore(tmp_path / "s")
    complete(store, Recipe("sum"))
    complete(store, Recipe("sum", languages=("ja",), queries_per_language=2))


def test_the_first_queries_can_make_unequal_numbers_equal(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=12, number=2)
    store = VectorStore(made.folder)
    complete(store, Recipe("sum", queries_per_language=1))
    unequal = random_store(tmp_path / "t")
    with pytest.raises(UsageError, match="they have 0 to 3"):
        complete(VectorStore(unequal.folder), Recipe("sum", queries_per_language=1))


# Order and memory


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("fusion", list(FUSIONS))
def test_blocks_come_in_the_corpus_order_whatever_the_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, fusion: str
):
    monkeypatch.setattr(blocks, "_PASSAGES", 3)  # many blocks a shard
    monkeypatch.setattr(blocks, "_ROWS", 2)  # and several rounds a block
    store = random_store(tmp_path / "s", passages=60, shard_size=10)
    for kappa in (0.0, 8.0):
        assert_is_its_formula(store, Recipe(fusion, kappa=kappa), 2e-6, threads)


def test_fusing_does_not_run_ahead_of_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks, "_PASSAGES", 4)
    random_store(tmp_path / "s", passages=400, shard_size=100)
    store = VectorStore(tmp_path / "s")
    most = 0
    for number, block in enumerate(fused_blocks(complete(store, Recipe("views")), threads=2)):
        if number % 20 == 0:
            time.sleep(0.05)  # time enough to fuse the whole store, were it not held back
            most = max(most, sum(isinstance(thing, Block) for thing in gc.get_objects()))
        del block
    assert number == 99
    assert most <= 2 * 2 + 2


# Views


def test_a_docid_with_the_delimiter_is_named(tmp_path: Path):
    random_store(tmp_path / "s", passages=3, docids=["a", "b#2", "c"])
    store = VectorStore(tmp_path / "s")
    fused = complete(store, Recipe("views"))
    with pytest.raises(
        StoreError, match=r"docid 'b#2' holds the view delimiter '#'; choose another with --view-delimiter"
    ):
        list(fused_blocks(fused, 2))
    names = [name for block in fused_blocks(fused, 2, delimiter="||") for name in block.names]
    assert {name.split("||")[0] for name in names} == {"a", "b#2", "c"}
    list(fused_blocks(complete(store, Recipe()), 2))  # no views, no matter


def test_a_docid_that_ends_in_part_of_the_delimiter_is_named(tmp_path: Path):
    """``d#`` + ``##`` + ``ar`` would be read back as ``d`` and ``#ar``."""
    random_store(tmp_path / "s", passages=2, docids=["d#", "e"], number=1)
    store = VectorStore(tmp_path / "s")
    with pytest.raises(StoreError, match="docid 'd#' holds the view delimiter '##'"):
        list(fused_blocks(complete(store, Recipe("views")), 2, delimiter="##"))


@pytest.mark.parametrize("fusion", ["mean", "views"])
def test_torch_or_not_the_vectors_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fusion: str):
    store = VectorStore(random_store(tmp_path / "s", dtype="float16").folder)
    fused = complete(store, Recipe(fusion))
    monkeypatch.setattr(blocks, "_TORCH_PAYS", 0)
    with_torch = [block.vectors for block in fused_blocks(fused, 1)]
    monkeypatch.undo()
    monkeypatch.delitem(sys.modules, "torch")
    for ours, theirs in zip(fused_blocks(fused, 1), with_torch, strict=True):
        np.testing.assert_array_equal(ours.vectors, theirs)
    assert "torch" not in sys.modules
