"""Views against loops written from their formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mixing import mixed, passages_and_queries, some_prior

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.views import VIEWS

RECIPE = Recipe("views", normalize=False, languages=("ar", "ja"), kappa=0.0)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_each_is_drawn_to_the_mean_of_its_own_language_only(alpha: float):
    passages, queries = passages_and_queries()
    made = mixed(passages, queries, replace(RECIPE, alpha=alpha))
    assert list(made) == ["ar", "ja", ""]
    for code, by_passage in zip(("ar", "ja"), queries, strict=True):
        there, view = made[code]
        assert there.tolist() == [len(own) > 0 for own in by_passage]
        for row, own in enumerate(by_passage):
            if len(own):
                expected = (1 - alpha) * passages[row] + alpha * own.mean(axis=0)
                np.testing.assert_allclose(view[row], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("plain_view", "there"), [(False, [False, False, True]), (True, [True, True, True])])
def test_a_passage_without_queries_is_its_own_view_and_any_on_demand(plain_view: bool, there: list[bool]):
    passages, queries = passages_and_queries()
    found, vectors = mixed(passages, queries, replace(RECIPE, plain_view=plain_view))[""]
    assert found.tolist() == there
    np.testing.assert_array_equal(vectors, passages)


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("kappas", [(2.0, 2.0), (8.0, 0.5)])
@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_with_a_kappa_every_passage_has_each_view_and_one_towards_the_mean_passage(
    alpha: float, kappas: tuple[float, float], slope: bool
):
    passages, queries = passages_and_queries()
    prior = some_prior(slope=slope)
    made = mixed(passages, queries, replace(RECIPE, alpha=alpha, kappas=kappas), prior)
    assert list(made) == ["ar", "ja", ""]
    assert all(there.all() for there, _ in made.values())
    for code, kappa, intercept, by_passage in zip(("ar", "ja"), kappas, prior.intercepts, queries, strict=True):
        for row, own in enumerate(by_passage):
            expected = intercept + (0 if prior.slope is None else passages[row] @ prior.slope)
            towards = (own.sum(axis=0) + kappa * expected) / (len(own) + kappa)
            np.testing.assert_allclose(
                made[code][1][row], (1 - alpha) * passages[row] + alpha * towards, rtol=1e-5, atol=1e-5
            )
    np.testing.assert_allclose(made[""][1], (1 - alpha) * passages + alpha * prior.mean_passage, rtol=1e-5, atol=1e-5)


def test_a_language_without_a_kappa_has_views_where_there_are_queries_alone():
    passages, queries = passages_and_queries()
    made = mixed(passages, queries, replace(RECIPE, kappas=(0.0, 3.0)), some_prior())
    assert [there.tolist() for there, _ in made.values()] == [[True, False, False], [True] * 3, [True] * 3]


def test_as_kappa_vanishes_a_view_is_the_mean_of_its_queries_and_where_there_are_none_what_is_expected():
    passages, queries = passages_and_queries()
    without, barely = (mixed(passages, queries, replace(RECIPE, kappa=kappa), some_prior()) for kappa in (0.0, 1e-7))
    expected = some_prior().of(passages)
    for column, code in enumerate(("ar", "ja")):
        there = without[code][0]
        np.testing.assert_allclose(barely[code][1][there], without[code][1][there], atol=1e-5)
        own = expected.weighted(np.tile(np.eye(2)[column], (3, 1)))
        np.testing.assert_allclose(barely[code][1][~there], (0.5 * passages + 0.5 * own)[~there], atol=1e-5)


def test_it_needs_a_sum_a_language():
    assert (VIEWS.equal_numbers, VIEWS.needs, VIEWS.views, VIEWS.shrinks) == (False, Keep.LANGUAGES, True, True)
