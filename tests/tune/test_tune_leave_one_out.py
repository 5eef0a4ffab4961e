"""Queries that are left out and ask for their passage, against indexes that are really made without them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from random_store import RandomStore, naive, random_store

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.store.dealing import passage_folds
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.kappas import fused_by_kappa
from pyserini_xqg.tune.leave_one_out import left_out_ranks, score_left_out
from pyserini_xqg.tune.left_out import QueriesLeftOut, read_left_out
from pyserini_xqg.tune.measure import tunable

ALPHAS = (0.0, 0.35, 0.8, 1.0)
KAPPAS = (0.0, 3.0, None)


def left_out_of(store: RandomStore, languages: tuple[str, ...] = ("ar", "ja", "ru"), most: int = 1000, seed: int = 0):
    return read_left_out(VectorStore(store.folder), languages, None, most, seed)


def rank_of(left_out: QueriesLeftOut, store: RandomStore, place: int, code: str) -> int:
    own = store.queries[code][left_out.numbers[place]]
    return next(rank for rank, vector in enumerate(own) if np.array_equal(vector, left_out.queries[place]))


def without(store: RandomStore, passage: int, rank: int) -> RandomStore:
    """The store without a passage's queries of this rank."""
    queries = {
        code: [
            [vector for place, vector in enumerate(vectors) if (row, place) != (passage, rank)]
            for row, vectors in enumerate(by_passage)
        ]
        for code, by_passage in store.queries.items()
    }
    return replace(store, queries=queries)


def passage_scores(store: RandomStore, recipe: Recipe, prior: QueryPrior | None, query: np.ndarray) -> np.ndarray:
    names, vectors = naive(store, recipe, prior)
    best = dict.fromkeys(store.docids, -np.inf)
    for name, score in zip(names, vectors @ query.astype(np.float64), strict=True):
        docid = name.split("#")[0]
        best[docid] = max(best[docid], score)
    return np.array(list(best.values()))


def brute_force(store: RandomStore, fused: FusedStore, left_out: QueriesLeftOut, alpha: float) -> list[int]:
    recipe, folds, ranks = replace(fused.recipe, alpha=alpha), passage_folds(fused.store), []
    for place, number in enumerate(left_out.numbers.tolist()):
        code = recipe.languages[left_out.columns[place]]
        smaller = without(store, number, rank_of(left_out, store, place, code))
        query = left_out.queries[place]
        own = passage_scores(smaller, recipe, fused.prior_without(int(folds[number])), query)[number]
        others = np.delete(passage_scores(smaller, recipe, fused.chosen_prior, query), number)
        close = 1e-6 * max(abs(own), 1)
        better, alike = int((others > own + close).sum()), int((abs(others - own) <= close).sum())
        ranks.append(1 + better + (alike + 1) // 2)
    return ranks


@pytest.mark.parametrize("predictable", [False, True])
@pytest.mark.parametrize(("fusion", "normalize"), product(["mean", "views"], [True, False]))
def test_ranks_are_those_in_indexes_really_made_without_the_query(
    tmp_path: Path, fusion: str, normalize: bool, predictable: bool
):
    store = random_store(tmp_path / "store", passages=120, predictable=predictable)
    by_kappa = fused_by_kappa(VectorStore(store.folder), Recipe(fusion, normalize=normalize), KAPPAS)
    assert bool(by_kappa[-1].without_fold) == predictable
    left_out = left_out_of(store, most=12)
    ranks = left_out_ranks(by_kappa, left_out, ALPHAS)
    for kappa, alpha in product(range(len(KAPPAS)), range(len(ALPHAS))):
        assert ranks[kappa, alpha].tolist() == brute_force(store, by_kappa[kappa], left_out, ALPHAS[alpha])


def test_the_sum_has_no_kappa_but_its_alpha_is_judged_alike(tmp_path: Path):
    store = random_store(tmp_path / "store")
    opened = VectorStore(store.folder)
    (fused,) = fused_by_kappa(opened, Recipe("sum"), (0.0,))
    left_out = left_out_of(store)
    assert left_out_ranks([fused], left_out, [0.1])[0, 0].tolist() == brute_force(store, fused, left_out, 0.1)
    with pytest.raises(UsageError, match="a sum is not drawn towards expected queries, so there is no kappa to choose"):
        fused_by_kappa(opened, Recipe("sum"), (0.0, 2.0))


def test_some_languages_alone(tmp_path: Path):
    store = random_store(tmp_path / "store")
    (fused,) = fused_by_kappa(VectorStore(store.folder), Recipe("views", languages=("ru", "ar")), (2.0,))
    left_out = left_out_of(store, ("ru", "ar"))
    assert left_out_ranks([fused], left_out, [0.4])[0, 0].tolist() == brute_force(store, fused, left_out, 0.4)


def test_what_is_alike_counts_half(tmp_path: Path):
    """One passage has queries, one a language; without it, it is what all others are."""
    store = random_store(tmp_path / "store", number=[int(row == 5) for row in range(21)])
    (fused,) = fused_by_kappa(VectorStore(store.folder), Recipe("views"), (4.0,))
    left_out = left_out_of(store)
    assert left_out_ranks([fused], left_out, [1.0])[0, 0].tolist() == [11, 11, 11]


def test_scores_are_by_language(tmp_path: Path):
    store = random_store(tmp_path / "store")
    by_kappa = fused_by_kappa(VectorStore(store.folder), Recipe(), (0.0, 8.0))
    left_out = left_out_of(store)
    (measure,) = parse_measures(["MRR@10"])
    surface = score_left_out(by_kappa, left_out, tunable(measure), ALPHAS)
    ranks = left_out_ranks(by_kappa, left_out, ALPHAS)
    assert (surface.kappas, surface.alphas, surface.codes) == ((0.0, 8.0), ALPHAS, ("ar", "ja", "ru"))
    own = ranks[1, 2][left_out.columns == 1]
    assert surface.scores("ja")[1, 2] == pytest.approx(np.where(own <= 10, 1 / own, 0).mean())
    assert surface.scores()[1, 2] == pytest.approx(np.mean([surface.scores(code)[1, 2] for code in surface.codes]))


def test_what_is_left_out_and_what_remains(tmp_path: Path):
    store = random_store(tmp_path / "store")
    left_out = left_out_of(store)
    assert len(left_out) == sum(len(own) for by_passage in store.queries.values() for own in by_passage)
    assert (np.diff(left_out.numbers) >= 0).all()
    for place, number in enumerate(left_out.numbers):
        rank = rank_of(left_out, store, place, ("ar", "ja", "ru")[left_out.columns[place]])
        for column, code in enumerate(("ar", "ja", "ru")):
            rest = [vector for other, vector in enumerate(store.queries[code][number]) if other != rank]
            assert left_out.counts[place, column] == len(rest)
            np.testing.assert_allclose(left_out.sums[column, place], sum(rest, np.zeros(16)), atol=1e-5)
        np.testing.assert_array_equal(left_out.passages[place], store.passages[number])


def test_a_sample_is_bounded_seeded_and_the_same_whatever_the_shards(tmp_path: Path):
    one, other = random_store(tmp_path / "a"), random_store(tmp_path / "b", shard_size=5)
    first = left_out_of(one, most=30, seed=1)
    assert np.bincount(first.columns).tolist() == [10, 10, 10]
    np.testing.assert_array_equal(left_out_of(other, most=30, seed=1).queries, first.queries)
    assert not np.array_equal(left_out_of(one, most=30, seed=2).queries, first.queries)
    few = read_left_out(VectorStore(one.folder), ("ar", "ja", "ru"), 1, 1000, 0)
    assert {rank_of(few, one, place, "ar") for place in np.flatnonzero(few.columns == 0)} == {0}
    assert not few.counts.any()


def test_what_cannot_be_is_named(tmp_path: Path):
    sums = random_store(tmp_path / "sums", keep=Keep.LANGUAGES)
    with pytest.raises(
        UsageError, match=r"keeps a sum a language, of which no single query .* encode with --keep rank"
    ):
        left_out_of(sums)
    with pytest.raises(UsageError, match="--left-out is 2; it must be at least one query for each of 3 languages"):
        left_out_of(random_store(tmp_path / "store"), most=2)
    with pytest.raises(UsageError, match="has no queries to leave out"):
        left_out_of(random_store(tmp_path / "none"), ())
