"""A store and a recipe: what goes together, and what each fusion makes of what is expected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import naive, random_store, related_store

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.bank import BankKind, BankMeans
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.prior_record import LEARNED
from pyserini_xqg.fusion.recipe import PAPER, Recipe
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import FusedStore, complete, vector_numbers
from pyserini_xqg.store.prior import LearnedPrior, PriorSources
from pyserini_xqg.store.vector_store import VectorStore


def bank(*languages: str, dimension: int = 16) -> BankMeans:
    random = np.random.default_rng(9)
    means = {code: random.standard_normal(dimension).astype(np.float32) for code in languages}
    return BankMeans("some", BankKind.QUESTIONS, "b" * 64, "f" * 64, means, {code: 64 for code in languages})


def vectors_of(fused: FusedStore) -> np.ndarray:
    return np.concatenate([block.vectors for block in fused_blocks(fused, 2)])


@pytest.mark.parametrize("recipe", [Recipe(), Recipe("views"), Recipe("views", 0.9, kappa=None), Recipe(alpha=0.9)])
@pytest.mark.parametrize("keep", Keep)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_with_a_learned_map_too_every_vector_is_its_formula(tmp_path: Path, recipe: Recipe, keep: Keep, dtype: str):
    if keep is Keep.TOTAL:
        recipe = replace(recipe, fusion="mean")
    made = related_store(tmp_path / "s", keep=keep, dtype=dtype)
    fused = complete(VectorStore(made.folder), recipe)
    assert fused.record is not None
    assert fused.record.slope == LEARNED
    names, expected = naive(made, fused.recipe, fused.prior)
    assert [name for block in fused_blocks(fused, 2) for name in block.names] == names
    rounded = dtype == "float16" and keep is not Keep.RANKS
    np.testing.assert_allclose(vectors_of(fused), expected, atol=1e-3 if rounded else 1e-5)


def test_expected_queries_of_a_languages_choice_are_its_own(tmp_path: Path):
    store = VectorStore(related_store(tmp_path / "s", languages=("ar", "ja", "ru")).folder)
    whole, some = complete(store, Recipe("views")), complete(store, Recipe("views", languages=("ru", "ar")))
    assert some.recipe.kappas == (8.0, 8.0)
    names = [name for block in fused_blocks(whole, 1) for name in block.names]
    chosen = [name for block in fused_blocks(some, 1) for name in block.names]
    by_name = dict(zip(names, vectors_of(whole), strict=True))
    for name, vector in zip(chosen, vectors_of(some), strict=True):
        np.testing.assert_allclose(vector, by_name[name], atol=2e-3)


@pytest.mark.parametrize("fusion", ["mean", "views"])
def test_as_kappa_vanishes_passages_with_queries_are_as_without_it(tmp_path: Path, fusion: str):
    made = random_store(tmp_path / "s", number=2)
    without, barely = (complete(VectorStore(made.folder), Recipe(fusion, kappa=kappa)) for kappa in (0.0, 1e-6))
    assert without.prior is None
    rows = [row for row in range(len(vectors_of(barely))) if fusion == "mean" or row % 4 != 3]
    np.testing.assert_allclose(vectors_of(barely)[rows], vectors_of(without), atol=1e-5)


@pytest.mark.parametrize("fusion", ["mean", "views"])
def test_a_kappa_makes_a_passage_without_queries_as_near_to_questions_as_the_others(tmp_path: Path, fusion: str):
    """What all of this is for: without it a passage loses for having none, whatever is asked."""
    made = related_store(tmp_path / "s", passages=300)
    store = VectorStore(made.folder)
    question = np.mean([own.mean(axis=0) for own in made.queries["ar"] if len(own)], axis=0)
    lacking = np.array([not any(len(made.queries[code][row]) for code in made.queries) for row in range(300)])
    gaps = []
    for kappa in (0.0, 8.0):
        fused = complete(store, Recipe(fusion, kappa=kappa), allow_none=True)
        names = [name.split("#")[0] for block in fused_blocks(fused, 1) for name in block.names]
        best = dict.fromkeys(made.docids, -np.inf)
        for name, score in zip(names, vectors_of(fused) @ question, strict=True):
            best[name] = max(best[name], score)
        scores = np.array(list(best.values()))
        gaps.append(scores[~lacking].mean() - scores[lacking].mean())
    assert gaps[0] > 0.1
    assert abs(gaps[1]) < gaps[0] / 4


@pytest.mark.parametrize(
    "recipe", [Recipe(kappa=0.0), Recipe(alpha=0.0), PAPER, Recipe("sum", kappa=8.0), Recipe("views", alpha=0.0)]
)
def test_where_nothing_is_drawn_towards_expected_queries_there_are_none(tmp_path: Path, recipe: Recipe):
    store = VectorStore(random_store(tmp_path / "s", number=2).folder)
    fused = complete(store, recipe)
    assert (fused.prior, fused.record, fused.chosen_prior) == (None, None, None)
    assert (fused.recipe.kappa, fused.recipe.kappas) == (0.0, ())


def test_for_any_recipe_the_prior_knows_all_languages_whatever_is_asked_first(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", number=2).folder)
    for recipe in (Recipe(alpha=0.0), Recipe(languages=("ru",)), PAPER):
        fused = complete(store, replace(recipe, kappa=8.0), for_any=True)
        assert fused.record is not None
        assert set(fused.record.languages) == {"ar", "ja", "ru"}
    assert complete(store, PAPER, for_any=True).prior is None


def test_a_store_without_queries_or_bank_is_its_passages(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", languages=()).folder)
    fused = complete(store, Recipe(normalize=False))
    assert fused.prior is None
    np.testing.assert_array_equal(vectors_of(fused), random_store(tmp_path / "t", languages=()).passages)


# Passages without queries


@pytest.mark.parametrize("fusion", ["mean", "views"])
def test_without_a_kappa_passages_without_queries_are_refused_unless_that_is_wanted(tmp_path: Path, fusion: str):
    store = VectorStore(random_store(tmp_path / "s").folder)
    with pytest.raises(
        UsageError,
        match=r"some passages of .* have no queries, and with --kappa 0 they would lose every question to those that",
    ):
        complete(store, Recipe(fusion, kappa=0.0))
    assert complete(store, Recipe(fusion, kappa=0.0), allow_none=True).recipe.kappa == 0.0
    complete(store, Recipe(fusion, 0.0, kappa=0.0))
    complete(VectorStore(random_store(tmp_path / "t", number=1).folder), Recipe(fusion, kappa=0.0))


def test_the_first_queries_of_some_languages_are_those_that_count(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=12, number=2)
    store = VectorStore(made.folder)
    complete(store, Recipe(languages=("ja",), queries_per_language=1, kappa=0.0))


# Banks and languages


def test_a_bank_brings_languages_of_its_own(tmp_path: Path):
    made = random_store(tmp_path / "s")
    sources = PriorSources(bank("sw", "ar"), predict=False)
    fused = complete(VectorStore(made.folder), Recipe("views", languages=("sw", "ja")), sources=sources)
    names, expected = naive(made, fused.recipe, fused.prior)
    assert names[:3] == ["d0#sw", "d0#ja", "d0"]
    np.testing.assert_allclose(vectors_of(fused), expected, atol=1e-5)
    assert vector_numbers(fused) == (3, 63)
    with pytest.raises(UsageError, match="has no queries in yo, and the bank some no texts; give a --bank that has"):
        complete(VectorStore(made.folder), Recipe(languages=("yo",)), sources=sources)


def test_a_bank_alone_makes_views_of_a_store_without_queries(tmp_path: Path):
    made = random_store(tmp_path / "s", languages=())
    fused = complete(VectorStore(made.folder), Recipe("views"), sources=PriorSources(bank("sw", "ar")))
    assert fused.recipe.languages == ("sw", "ar")
    names, expected = naive(made, fused.recipe, fused.prior)
    np.testing.assert_allclose(vectors_of(fused), expected, atol=1e-5)
    assert len(names) == 63


def test_one_total_and_a_bank_cannot_be_told_apart(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", keep=Keep.TOTAL).folder)
    with pytest.raises(UsageError, match="keeps one sum over ar, ja, ru, beside which a bank's languages cannot be"):
        complete(store, Recipe(), sources=PriorSources(bank("ar")))
    fused = complete(store, Recipe())
    assert fused.recipe.kappas == (8.0,)
    assert fused.chosen_prior is fused.prior


# A prior that is known already


def known(store: VectorStore, recipe: Recipe = Recipe()) -> LearnedPrior:
    fused = complete(store, recipe, for_any=True)
    assert fused.prior is not None
    assert fused.record is not None
    return LearnedPrior(fused.prior, fused.record)


def test_a_known_prior_is_used_and_no_other_read(tmp_path: Path):
    made = random_store(tmp_path / "s")
    store, other = VectorStore(made.folder), VectorStore(random_store(tmp_path / "t", seed=5).folder)
    prior = known(other)
    fused = complete(store, Recipe("views", kappa=None, languages=("ru", "ar")), known=prior)
    assert fused.prior is prior.prior
    assert fused.recipe.kappas == (prior.record.kappas[2], prior.record.kappas[0])
    expected = naive(made, fused.recipe, prior.prior)[1]
    np.testing.assert_allclose(vectors_of(fused), expected, atol=1e-5)
    assert complete(store, Recipe(kappa=0.0), known=prior, allow_none=True).prior is None


def test_a_known_prior_knows_its_languages_and_no_others(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s").folder)
    with pytest.raises(UsageError, match="nothing is known of questions in sw; known are ar, ja, ru"):
        complete(store, Recipe(languages=("ar", "sw")), known=known(store))


def test_a_known_prior_does_not_make_of_a_total_what_it_is_not(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", keep=Keep.TOTAL).folder)
    prior = known(store)
    with pytest.raises(UsageError, match="encode with --keep languages to make views"):
        complete(store, Recipe("views"), known=prior)
    with pytest.raises(UsageError, match="keeps one sum over ar, ja, ru; encode with --keep languages to choose"):
        complete(store, Recipe(languages=("ar",)), known=prior)
    with pytest.raises(UsageError, match="encode with --keep ranks"):
        complete(store, Recipe(queries_per_language=1), known=prior)
