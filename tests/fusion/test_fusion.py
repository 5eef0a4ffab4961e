"""The arithmetic of augmentation against loops written from its formulae."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.arithmetic import fuse, fuse_view, normalized, plain
from pyserini_xqg.fusion.recipe import PAPER, Fusion, Recipe

DIMENSION = 12


@pytest.fixture
def vectors() -> tuple[np.ndarray, list[list[np.ndarray]]]:
    """Passages, and for each of two languages each passage's queries: 3 and 1, none and 2, none at all."""
    random = np.random.default_rng(7)
    passages = random.standard_normal((3, DIMENSION), dtype=np.float32)
    queries = [
        [random.standard_normal((count, DIMENSION), dtype=np.float32) for count in counts]
        for counts in ((3, 0, 0), (1, 2, 0))
    ]
    return passages, queries


def sums_and_counts(queries: list[list[np.ndarray]]) -> tuple[list[np.ndarray], np.ndarray]:
    sums = [np.array([own.sum(axis=0) for own in by_passage], dtype=np.float32) for by_passage in queries]
    return sums, np.array([[len(own) for own in by_passage] for by_passage in queries]).T


@pytest.mark.parametrize("alpha", [0.0, 0.01, 0.3, 1.0])
def test_sum_is_the_papers_formula(vectors, alpha: float):
    passages, queries = vectors
    sums, counts = sums_and_counts(queries)
    fused = fuse(passages, sums, counts, Recipe(Fusion.SUM, alpha, normalize=False))
    for row, passage in enumerate(passages.astype(np.float64)):
        expected = (1 - alpha) * passage
        for by_passage in queries:
            for query in by_passage[row]:
                expected = expected + alpha * query
        np.testing.assert_allclose(fused[row], expected, rtol=1e-5, atol=1e-6)
    assert fused.dtype == np.float32


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_mean_divides_by_the_number_and_leaves_a_passage_without_queries(vectors, alpha: float):
    passages, queries = vectors
    sums, counts = sums_and_counts(queries)
    fused = fuse(passages, sums, counts, Recipe(Fusion.MEAN, alpha, normalize=False))
    for row, passage in enumerate(passages.astype(np.float64)):
        own = [query for by_passage in queries for query in by_passage[row]]
        expected = (1 - alpha) * passage + alpha * sum(own) / len(own) if own else passage
        np.testing.assert_allclose(fused[row], expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fused[2], passages[2])


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_a_view_is_drawn_to_the_mean_of_its_own_language_only(vectors, alpha: float):
    passages, queries = vectors
    sums, counts = sums_and_counts(queries)
    for column, by_passage in enumerate(queries):
        view = fuse_view(passages, sums[column], counts[:, column], Recipe(Fusion.VIEWS, alpha, normalize=False))
        for row, own in enumerate(by_passage):
            expected = (1 - alpha) * passages[row] + alpha * own.mean(axis=0) if len(own) else passages[row]
            np.testing.assert_allclose(view[row], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("fusion", [Fusion.SUM, Fusion.MEAN])
def test_normalised_results_are_the_others_at_length_one(vectors, fusion: Fusion):
    passages, queries = vectors
    sums, counts = sums_and_counts(queries)
    raw = fuse(passages, sums, counts, Recipe(fusion, 0.3, normalize=False))
    unit = fuse(passages, sums, counts, Recipe(fusion, 0.3, normalize=True))
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(unit * np.linalg.norm(raw, axis=1)[:, None], raw, rtol=1e-5, atol=1e-6)


def test_what_goes_in_is_not_changed(vectors):
    passages, queries = vectors
    sums, counts = sums_and_counts(queries)
    before = passages.copy(), [matrix.copy() for matrix in sums], counts.copy()
    recipe = Recipe(Fusion.MEAN, 0.3)
    fuse(passages, sums, counts, recipe)
    fuse_view(passages, sums[0], counts[:, 0], recipe)
    plain(passages, recipe)
    np.testing.assert_array_equal(passages, before[0])
    np.testing.assert_array_equal(sums, before[1])
    np.testing.assert_array_equal(counts, before[2])


def test_without_languages_the_mean_is_the_passage(vectors):
    passages, _ = vectors
    recipe = Recipe(Fusion.MEAN, 0.3)
    np.testing.assert_array_equal(fuse(passages, [], np.zeros((3, 0), np.int32), recipe), plain(passages, recipe))


def test_a_row_of_zeros_stays():
    np.testing.assert_array_equal(
        normalized(np.array([[0, 0], [3, 4]], dtype=np.float32)), np.array([[0, 0], [0.6, 0.8]], dtype=np.float32)
    )


def test_the_papers_choices():
    assert (PAPER.fusion, PAPER.alpha, PAPER.normalize) == (Fusion.SUM, 0.01, False)


@pytest.mark.parametrize("alpha", [-0.01, 1.01, float("nan"), float("inf")])
def test_alpha_out_of_range(alpha: float):
    with pytest.raises(UsageError, match=r"alpha is .* between 0 .* and 1"):
        Recipe(alpha=alpha)


@pytest.mark.parametrize("first", [0, -1])
def test_first_queries_out_of_range(first: int):
    with pytest.raises(UsageError, match="at least 1"):
        Recipe(queries_per_language=first)
