"""The mean against loops written from its formula."""

from __future__ import annotations

import numpy as np
import pytest
from mixing import mixed, passages_and_queries

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mean import MEAN
from pyserini_xqg.fusion.recipe import Recipe


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_it_divides_by_the_number_and_leaves_a_passage_without_queries(alpha: float):
    passages, queries = passages_and_queries()
    there, fused = mixed(passages, queries, Recipe("mean", alpha, normalize=False))[None]
    for row, passage in enumerate(passages.astype(np.float64)):
        own = [query for by_passage in queries for query in by_passage[row]]
        expected = (1 - alpha) * passage + alpha * sum(own) / len(own) if own else passage
        np.testing.assert_allclose(fused[row], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fused[2], passages[2])
    assert there.all()


def test_without_languages_it_is_the_passage():
    passages, _ = passages_and_queries()
    np.testing.assert_array_equal(mixed(passages, [], Recipe("mean", normalize=False))[None][1], passages)


def test_unequal_numbers_pass_and_one_total_is_enough():
    assert (MEAN.equal_numbers, MEAN.needs, MEAN.views) == (False, Keep.TOTAL, False)
