"""Runs of one language side by side, so that any weights can be judged without reading or sorting again: arithmetic on
arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.relevant_ranks import BEYOND, RelevantRanks
from pyserini_xqg.runs.rank_fusion.fuse import DECIMALS
from pyserini_xqg.runs.rank_fusion.method import RankFusionMethod


@dataclass(frozen=True, slots=True)
class Pool:
    """What all runs found for the judged topics of one language. A pair is a topic and a document that some run found
    for it.

    :param topics: the judged topics.
    :param parts: what each run gives each pair before weights, float64 ``[runs, pairs]``; NaN where it did not find it.
    :param topic_of: int64 ``[pairs]``; a topic's pairs are ordered by docid.
    :param relevant: the pairs that are relevant, int64 ``[relevant pairs]``.
    :param gains: their relevance, float64, the same shape.
    :param judged: all relevances above 0 of each topic, the highest first, found or not.
    """

    topics: tuple[str, ...]
    parts: np.ndarray
    topic_of: np.ndarray
    relevant: np.ndarray
    gains: np.ndarray
    judged: tuple[tuple[int, ...], ...]

    def ranks(self, weights: np.ndarray) -> np.ndarray:
        """The rank of each relevant pair in its topic, by trec_eval's rules (equal 32-bit scores: the larger docid
        first), int64.

        A pair that only runs of weight 0 found has a rank beyond all others.

        :param weights: float64 ``[runs]``.
        """
        parts = self.parts[weights > 0]
        scores = (weights[weights > 0] @ np.nan_to_num(parts)).round(DECIMALS).astype(np.float32)
        scores[np.isnan(parts).all(axis=0)] = -np.inf
        ranks = np.empty(len(self.relevant), dtype=np.int64)
        topic_of_relevant = self.topic_of[self.relevant]
        place = np.arange(len(scores))
        for column in _one_a_topic(topic_of_relevant):
            pairs, topics = self.relevant[column], topic_of_relevant[column]
            score, own_place = np.full(len(self.topics), np.inf, np.float32), np.full(len(self.topics), len(place))
            score[topics], own_place[topics] = scores[pairs], pairs
            theirs, own = score[self.topic_of], own_place[self.topic_of]
            before = (scores > theirs) | ((scores == theirs) & (place > own))
            ranks[column] = 1 + np.bincount(self.topic_of[before], minlength=len(self.topics))[topics]
        ranks[np.isneginf(scores[self.relevant])] = BEYOND
        return ranks


def _one_a_topic(topics: np.ndarray) -> list[np.ndarray]:
    """Split positions into groups in which no topic is there twice. ``topics`` ascend."""
    first = np.searchsorted(topics, topics)
    ordinal = np.arange(len(topics)) - first
    return [np.flatnonzero(ordinal == turn) for turn in range(int(ordinal.max(initial=-1)) + 1)]


def make_pool(
    rankings: Sequence[Mapping[str, Mapping[str, float]]],
    judgments: Mapping[str, Mapping[str, int]],
    method: RankFusionMethod,
) -> Pool:
    """Put runs side by side.

    :param rankings: query id -> docid -> score, one mapping a run.
    :param judgments: query id -> docid -> relevance; each of its queries counts, also one that no run answers.
    :param method: what runs are to be fused by.
    """
    topic_of: list[int] = []
    rows: list[list[float]] = [[] for _ in rankings]
    relevant: list[int] = []
    gains: list[int] = []
    for number, (qid, judged) in enumerate(judgments.items()):
        given = [method.parts(ranking.get(qid, {})) for ranking in rankings]
        for docid in sorted(set().union(*given)):
            if judged.get(docid, 0) > 0:
                relevant.append(len(topic_of))
                gains.append(judged[docid])
            topic_of.append(number)
            for row, parts in zip(rows, given, strict=True):
                row.append(parts.get(docid, np.nan))
    return Pool(
        tuple(judgments),
        np.array(rows, dtype=np.float64),
        np.array(topic_of, dtype=np.int64),
        np.array(relevant, dtype=np.int64),
        np.array(gains, dtype=np.float64),
        tuple(
            tuple(sorted((gain for gain in judged.values() if gain > 0), reverse=True)) for judged in judgments.values()
        ),
    )


def score_topics(pool: Pool, ranks: np.ndarray, measure: QrelsMeasure) -> np.ndarray:
    """The score of each topic, float64 ``[topics]``.

    :param ranks: what :meth:`Pool.ranks` gives.
    """
    return measure.of_ranks(RelevantRanks(pool.topic_of[pool.relevant], ranks, pool.gains, pool.judged))
