"""The mean against loops written from its formula."""

from __future__ import annotations

import numpy as np
import pytest
from mixing import mixed, passages_and_queries, some_prior

from pyserini_xqg.fusion.arithmetic import QuerySums, fuse, weights_at
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mean import MEAN
from pyserini_xqg.fusion.recipe import Recipe


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_it_divides_by_the_number_and_leaves_a_passage_without_queries(alpha: float):
    passages, queries = passages_and_queries()
    there, fused = mixed(passages, queries, Recipe("mean", alpha, normalize=False, kappa=0.0))[None]
    for row, passage in enumerate(passages.astype(np.float64)):
        own = [query for by_passage in queries for query in by_passage[row]]
        expected = (1 - alpha) * passage + alpha * sum(own) / len(own) if own else passage
        np.testing.assert_allclose(fused[row], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fused[2], passages[2])
    assert there.all()


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("kappas", [(2.0, 2.0), (8.0, 0.5), (0.0, 3.0)])
@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
def test_each_languages_mean_is_drawn_towards_what_is_expected_and_counts_once(
    alpha: float, kappas: tuple[float, float], slope: bool
):
    passages, queries = passages_and_queries()
    prior = some_prior(slope=slope)
    recipe = Recipe("mean", alpha, normalize=False, languages=("ar", "ja"), kappas=kappas)
    _, fused = mixed(passages, queries, recipe, prior)[None]
    for row, passage in enumerate(passages.astype(np.float64)):
        means = []
        for kappa, intercept, by_passage in zip(kappas, prior.intercepts, queries, strict=True):
            expected = intercept + (0 if prior.slope is None else passage @ prior.slope)
            if kappa + len(by_passage[row]):
                total = kappa * expected + by_passage[row].sum(axis=0)
                means.append(total / (kappa + len(by_passage[row])))
        np.testing.assert_allclose(
            fused[row], (1 - alpha) * passage + alpha * np.mean(means, axis=0), rtol=1e-5, atol=1e-5
        )


def test_as_kappa_vanishes_each_language_is_the_mean_of_its_own_queries():
    passages, queries = passages_and_queries()
    recipe = Recipe("mean", 0.4, normalize=False, languages=("ar", "ja"), kappa=1e-7)
    _, fused = mixed(passages, queries, recipe, some_prior())[None]
    own = (queries[0][0].mean(axis=0) + queries[1][0].mean(axis=0)) / 2
    np.testing.assert_allclose(fused[0], 0.6 * passages[0] + 0.4 * own, atol=1e-5)
    # One that has none is what is expected of it, however small kappa is.
    expected = some_prior().of(passages).weighted(np.full((3, 2), 0.5))[2]
    np.testing.assert_allclose(fused[2], 0.6 * passages[2] + 0.4 * expected, atol=1e-5)


def test_as_kappa_grows_all_that_counts_is_what_is_expected():
    passages, queries = passages_and_queries()
    recipe = Recipe("mean", 0.4, normalize=False, languages=("ar", "ja"), kappa=1e7)
    _, fused = mixed(passages, queries, recipe, some_prior())[None]
    expected = some_prior().of(passages).weighted(np.full((3, 2), 0.5))
    np.testing.assert_allclose(fused, 0.6 * passages + 0.4 * expected, atol=1e-5)


def test_the_more_queries_a_passage_has_the_less_is_what_is_expected():
    passages, _ = passages_and_queries()
    query = np.ones((1, 12), np.float32)
    recipe = Recipe("mean", 1.0, normalize=False, languages=("ar",), kappa=8.0)
    for number in (1, 100, 1_000_000):
        sums = QuerySums([[number * query]], expected=some_prior(("ar",)).of(passages[:1]))
        (mixture,) = MEAN.mixtures_of(np.array([[number]]), recipe)
        fused = fuse(passages[:1], sums, weights_at(mixture, 1.0), view=False)
        expected = some_prior(("ar",)).of(passages[:1]).weighted(np.ones((1, 1)))
        np.testing.assert_allclose(fused - query, (expected - query) * 8 / (8 + number), rtol=1e-3, atol=1e-6)


def test_without_languages_it_is_the_passage():
    passages, _ = passages_and_queries()
    np.testing.assert_array_equal(mixed(passages, [], Recipe("mean", normalize=False, kappa=0.0))[None][1], passages)


def test_unequal_numbers_pass_and_one_total_is_enough():
    assert (MEAN.equal_numbers, MEAN.needs, MEAN.views, MEAN.shrinks) == (False, Keep.TOTAL, False, True)
