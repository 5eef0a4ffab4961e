"""The k best, and the best view of each passage, against sorting everything."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.search.searchers.topk import collapse, merge_top_k


def merged(scores: np.ndarray, order: list[np.ndarray], k: int) -> tuple[np.ndarray, np.ndarray]:
    kept, ids = np.empty((len(scores), 0), np.float32), np.empty((len(scores), 0), np.int64)
    for columns in order:
        kept, ids = merge_top_k(kept, ids, scores[:, columns], columns, k)
    return kept, ids


@pytest.mark.parametrize("k", [1, 3, 10, 100, 1000, 2000])
@pytest.mark.parametrize("values", [1, 2, 30, 10**6], ids=lambda values: f"{values}-different-scores")
@pytest.mark.parametrize("backwards", [False, True])
def test_block_after_block_is_a_stable_sort_of_all(k: int, values: int, backwards: bool):
    random = np.random.default_rng(values)
    scores = random.integers(0, values, (5, 1000)).astype(np.float32)
    blocks = np.array_split(np.arange(1000), 7)
    kept, ids = merged(scores, blocks[::-1] if backwards else blocks, k)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(ids, expected)
    np.testing.assert_array_equal(kept, np.take_along_axis(scores, expected, 1))


def test_collapse_keeps_each_passage_once_with_its_best_score():
    scores = np.array([[9, 8, 7, 6, 5, 4], [3, 3, 2, 1, 0, -np.inf]], dtype=np.float32)
    rows = np.array([[4, 5, 0, 1, 2, 3], [0, 1, 5, 2, 3, -1]])
    best, passages = collapse(scores, rows, np.array([0, 0, 1, 1, 2, 2]), 3)
    np.testing.assert_array_equal(passages, [[2, 0, 1], [0, 2, 1]])
    np.testing.assert_array_equal(best, [[9, 7, 5], [3, 2, 1]])


def test_collapse_fills_up_where_passages_are_missing():
    best, passages = collapse(np.array([[2.0, 1.0]], np.float32), np.array([[1, 0]]), np.array([0, 0, 1]), 2)
    np.testing.assert_array_equal(passages, [[0, -1]])
    np.testing.assert_array_equal(best, [[2.0, -np.inf]])


def test_negative_scores_are_scores():
    best, passages = collapse(np.array([[-1.0, -2.0]], np.float32), np.array([[1, 0]]), np.array([0, 1]), 2)
    np.testing.assert_array_equal(passages, [[1, 0]])
    np.testing.assert_array_equal(best, [[-1.0, -2.0]])
