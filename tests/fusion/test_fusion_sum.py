"""The paper's sum against loops written from its formula."""

from __future__ import annotations

import numpy as np
import pytest
from mixing import mixed, passages_and_queries

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import PAPER, Recipe
from pyserini_xqg.fusion.sum import SUM


@pytest.mark.parametrize("alpha", [0.0, 0.01, 0.3, 1.0])
def test_it_is_the_papers_formula(alpha: float):
    passages, queries = passages_and_queries()
    there, fused = mixed(passages, queries, Recipe("sum", alpha, normalize=False))[None]
    for row, passage in enumerate(passages.astype(np.float64)):
        expected = (1 - alpha) * passage
        for by_passage in queries:
            for query in by_passage[row]:
                expected = expected + alpha * query
        np.testing.assert_allclose(fused[row], expected, rtol=1e-5, atol=1e-6)
    assert fused.dtype == np.float32
    assert there.all()


def test_unequal_numbers_are_refused_and_one_total_is_enough():
    assert (SUM.equal_numbers, SUM.needs, SUM.views, SUM.shrinks) == (True, Keep.TOTAL, False, False)


def test_the_papers_choices():
    assert (PAPER.fusion, PAPER.alpha, PAPER.normalize, PAPER.kappa) == ("sum", 0.01, False, 0.0)


def test_no_kappa_changes_it():
    counts = np.array([[3, 1], [0, 0]])
    without, with_one = (SUM.mixtures_of(counts, Recipe("sum", kappa=kappa))[0] for kappa in (0.0, 8.0))
    np.testing.assert_array_equal(with_one.coefficients, without.coefficients)
    np.testing.assert_array_equal(with_one.divisors, without.divisors)
    assert with_one.expected is None
