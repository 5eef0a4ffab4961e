"""Views against loops written from their formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mixing import mixed, passages_and_queries

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.views import VIEWS

RECIPE = Recipe("views", normalize=False, languages=("ar", "ja"))


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


def test_it_needs_a_sum_a_language():
    assert (VIEWS.equal_numbers, VIEWS.needs, VIEWS.views) == (False, Keep.LANGUAGES, True)
