"""The sweep over alpha against indexes really fused at each alpha."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from random_store import best_of_views, completed, naive, random_store

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.tune.sweep import sweep

ALPHAS = (0.0, 0.1, 0.35, 0.8, 1.0)


@pytest.mark.parametrize("kappa", [0.0, 3.0, None])
@pytest.mark.parametrize(
    ("fusion", "normalize", "plain"),
    [*product(["mean", "sum", "views"], [True, False], [False]), ("views", True, True)],
)
def test_sweep_finds_what_indexes_at_each_alpha_would(
    tmp_path: Path, fusion: str, normalize: bool, plain: bool, kappa: float | None
):
    store = random_store(tmp_path / "store")
    fused = completed(store, Recipe(fusion, 0.5, normalize, ("ar", "ru"), 2, plain, kappa))
    queries = np.random.default_rng(2).standard_normal((4, 16), dtype=np.float32)
    found, numbers = sweep(fused, queries, ALPHAS, 5)
    assert found.shape == numbers.shape == (len(ALPHAS), 4, 5)
    for place, alpha in enumerate(ALPHAS):
        names, vectors = naive(store, replace(fused.recipe, alpha=alpha), fused.prior)
        for row, query in enumerate(queries):
            expected = best_of_views(names, vectors, query.astype(np.float64))[:5]
            np.testing.assert_allclose(found[place, row], [score for _, score in expected], rtol=1e-3, atol=1e-4)
            assert [store.docids[number] for number in numbers[place, row]] == [docid for docid, _ in expected]


@pytest.mark.parametrize("kappa", [0.0, 8.0])
def test_a_store_of_one_total_can_be_tuned(tmp_path: Path, kappa: float):
    store = random_store(tmp_path / "store", keep=Keep.TOTAL)
    fused = completed(store, Recipe(alpha=0.3, kappa=kappa))
    query = np.random.default_rng(3).standard_normal((1, 16), dtype=np.float32)
    _, numbers = sweep(fused, query, [0.3], 3)
    names, vectors = naive(store, fused.recipe, fused.prior)
    assert [store.docids[number] for number in numbers[0, 0]] == [
        docid for docid, _ in best_of_views(names, vectors, query[0])[:3]
    ]
