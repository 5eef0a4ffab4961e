"""The k best of many scores, and the best view of each passage: pure arithmetic."""

from __future__ import annotations

import numpy as np


def merge_top_k(
    scores: np.ndarray, ids: np.ndarray, new_scores: np.ndarray, new_ids: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Keep the k best of what was kept and what is new; ties go to the smaller id, so that the order of blocks does not
    matter.

    :param scores: float32 ``[queries, kept]``.
    :param ids: int64, the same shape.
    :param new_scores: float32 ``[queries, new]``.
    :param new_ids: int64 ``[new]``.
    :returns: scores and ids, best first, ``[queries, min(k, kept + new)]``.
    """
    all_scores = np.concatenate([scores, new_scores], axis=1)
    all_ids = np.concatenate([ids, np.broadcast_to(new_ids, new_scores.shape)], axis=1)
    if all_scores.shape[1] > 4 * k:
        best = np.argpartition(-all_scores, 2 * k, axis=1)[:, : 2 * k]
        best_scores = np.take_along_axis(all_scores, best, 1)
        # Where the k-th best score is shared by more columns than were kept, a smaller id may be among those that were
        # not.
        if (np.partition(-best_scores, k - 1, axis=1)[:, k - 1] < -best_scores.min(axis=1)).all():
            all_scores, all_ids = best_scores, np.take_along_axis(all_ids, best, 1)
    order = np.lexsort((all_ids, -all_scores), axis=1)[:, :k]
    return np.take_along_axis(all_scores, order, 1), np.take_along_axis(all_ids, order, 1)


def collapse(scores: np.ndarray, rows: np.ndarray, passage_of_row: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Passages by their best view.

    :param scores: float32 ``[queries, hits]``, best first.
    :param rows: rows of the index, int64, the same shape; -1 where there is no hit.
    :param passage_of_row: int64 ``[rows of the index]``.
    :returns: scores and passages ``[queries, k]``, filled up with -inf and -1.
    """
    best = np.full((len(scores), k), -np.inf, dtype=np.float32)
    passages = np.full((len(scores), k), -1, dtype=np.int64)
    for query, (query_scores, query_rows) in enumerate(zip(scores, rows, strict=True)):
        hit = query_rows >= 0
        found, first = np.unique(passage_of_row[query_rows[hit]], return_index=True)
        order = np.argsort(first, kind="stable")[:k]
        best[query, : len(order)] = query_scores[hit][first[order]]
        passages[query, : len(order)] = found[order]
    return best, passages


def filled_up(scores: np.ndarray, ids: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Widen to k columns with -inf and -1, as FAISS does where there are fewer hits."""
    missing = max(0, k - scores.shape[1])
    return np.pad(scores, ((0, 0), (0, missing)), constant_values=-np.inf), np.pad(
        ids, ((0, 0), (0, missing)), constant_values=-1
    )
