"""Where the order of a run's documents is in doubt: ranks that contradict the scores, and equal scores.

Measures over qrels go by score, as trec_eval does, and order equal scores by docid; R@kt and LoCoMo@k go by the rank
column.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from pyserini_xqg.runs.lines import read_run
from pyserini_xqg.runs.rankings import Rankings


def disordered(rankings: Rankings) -> tuple[str, ...]:
    """The queries in which a document's score is above that of one ranked before it.

    :param rankings: as :func:`pyserini_xqg.runs.rankings.read_rankings` gives them, in the order of the rank column.
    """
    return tuple(qid for qid, documents in rankings.items() if np.any(np.diff(_scores(documents)) > 0))


def tied(rankings: Rankings, judgments: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    """The queries in which a relevant passage has the score of one that is not, or is relevant to another degree.

    :param judgments: query id -> docid -> relevance, relevant from 1 on.
    """
    return tuple(qid for qid, documents in rankings.items() if _tied(documents, judgments.get(qid, {})))


def _tied(documents: Mapping[str, float], judged: Mapping[str, int]) -> bool:
    scores = _scores(documents)
    if len(np.unique(scores)) == len(scores):
        return False
    degrees = np.array([max(0, judged.get(docid, 0)) for docid in documents])
    return any(
        np.any(degrees[scores == score] != degree) for score, degree in zip(scores, degrees, strict=True) if degree
    )


def _scores(documents: Mapping[str, float]) -> np.ndarray:
    return np.fromiter(documents.values(), np.float32, len(documents))  # as trec_eval holds them


def first_disorder(run: Path, qid: str) -> int:
    """The line of the first document of this query, by rank, whose score is above that of the one before it; for a
    query that has one.
    """
    mine = sorted((line.rank, number, line.score) for number, line in enumerate(read_run(run), 1) if line.qid == qid)
    return next(
        number for (_, _, before), (_, number, score) in pairwise(mine) if np.float32(score) > np.float32(before)
    )
