"""Lucene's scores back into inner products."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.manifests.dense import Similarity
from pyserini_xqg.search.searchers.products import inner_products


@pytest.mark.parametrize("size", [1e-3, 1.0, 30.0, 1e4])
def test_maximum_inner_product(size: float):
    products = np.linspace(-size, size, 1001)
    scores = np.where(products < 0, 1 / (1 + np.abs(products)), products + 1).astype(np.float32)
    np.testing.assert_allclose(
        inner_products(scores, Similarity.MAXIMUM_INNER_PRODUCT), products, rtol=0, atol=1.2e-7 * (1 + size)
    )


def test_dot_product():
    products = np.linspace(-1, 1, 1001)
    scores = ((1 + products) / 2).astype(np.float32)
    np.testing.assert_allclose(inner_products(scores, Similarity.DOT_PRODUCT), products, rtol=0, atol=1.2e-7)


def test_the_order_stays():
    scores = np.sort(np.random.default_rng(0).uniform(1e-6, 3, 1000).astype(np.float32))
    for similarity in (Similarity.MAXIMUM_INNER_PRODUCT, Similarity.DOT_PRODUCT):
        assert (np.diff(inner_products(scores, similarity)) >= 0).all()
