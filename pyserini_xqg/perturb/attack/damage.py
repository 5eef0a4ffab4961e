"""How well queries find their passages, in numbers that an attack can lower: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class QueryStanding:
    """How queries stand, row by row.

    :param margins: float32 ``[queries]``, the best relevant score less the best score of any other passage; below 0
        where another comes first. Where no relevant passage is among the hits, the lowest hit's score stands for its
        score, which is at least as high.
    :param ranks: int64 ``[queries]``, of the best relevant passage from 1; one more than the number of hits where it is
        not among them.
    """

    margins: np.ndarray
    ranks: np.ndarray


def standing(scores: np.ndarray, relevant: np.ndarray) -> QueryStanding:
    """Judge hits.

    :param scores: float32 ``[queries, hits]``, best first; -inf where there are no more.
    :param relevant: bool, the same shape: which hits are relevant.
    """
    hits = scores.shape[1]
    found = relevant.any(axis=1)
    first = relevant.argmax(axis=1)
    lowest = np.where(np.isfinite(scores), scores, np.inf).min(axis=1)
    own = np.where(found, np.take_along_axis(scores, first[:, None], 1)[:, 0], lowest)
    others = np.where(relevant, -np.inf, scores).max(axis=1)
    margins = np.where(np.isfinite(others), own - others, np.inf).astype(np.float32)
    return QueryStanding(margins, np.where(found, first + 1, hits + 1))
