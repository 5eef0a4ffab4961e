"""Several rankings of passages into one, by ``pyserini.fusion``'s own arithmetic.

``pyserini.fusion`` interpolates two runs only, weighs no reciprocal ranks, takes a run's rank column at its word and
reads ids with pandas, which makes numbers and missing values of some. So the rankings come checked from our own reader,
its ``TrecRun`` scales and sums them, and equal scores are ordered here: sums of the same terms in another order differ
in their last bits, which would decide where docids should.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.runs.rank_fusion.method import RankFusionMethod
from pyserini_xqg.runs.rankings import Rankings, best_first

if TYPE_CHECKING:
    from pyserini.trectools import TrecRun

DECIMALS = 12
"""Fused scores that agree so far are equal."""
_TOPICS_AT_ONCE = 256
"""Pandas copies what it works on several times; so many topics keep that small."""


@dataclass(frozen=True, slots=True)
class RankFusion:
    """A way of fusing.

    :param weights: one a ranking; none weighs all alike, as the method has it.
    :raises UsageError: a weight that cannot be.
    """

    method: RankFusionMethod
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not all(math.isfinite(weight) and weight >= 0 for weight in self.weights):
            raise UsageError(f"the weights are {_listed(self.weights)}; each must be a number of at least 0")
        if self.weights and not any(self.weights):
            raise UsageError("every weight is 0, so that nothing would be left")

    def weights_of(self, rankings: int) -> tuple[float, ...]:
        """The weight of each of so many rankings.

        :raises UsageError: there are fewer than two rankings, or more or fewer weights than rankings.
        """
        if rankings < 2:
            raise UsageError(f"there must be at least two rankings to fuse; found {rankings}")
        if not self.weights:
            return (self.method.equal_weight(rankings),) * rankings
        if len(self.weights) != rankings:
            raise UsageError(
                f"there are {len(self.weights)} weights ({_listed(self.weights)}) for {rankings} rankings; give one "
                "each"
            )
        return self.weights


def _listed(weights: Sequence[float]) -> str:
    return " ".join(f"{weight:g}" for weight in weights)


def fuse_rankings(
    rankings: Sequence[Mapping[str, Mapping[str, float]]], fusion: RankFusion, k: int | None = None
) -> Rankings:
    """Fuse rankings of the same topics.

    Each is taken by its scores; equal ones stay in the order that they have. Fused scores that are equal are ordered by
    docid. A ranking of weight 0 is left out, with the documents that it alone has.

    :param rankings: query id -> docid -> score, one mapping a ranking; a topic may be missing in some.
    :param k: how many passages a topic gets; None for all.
    :returns: the topics in the order in which they first appear, the best passage first.
    :raises UsageError: the weights do not fit the number of rankings.
    """
    from pyserini.trectools import AggregationMethod, TrecRun

    weights = fusion.weights_of(len(rankings))
    fused: Rankings = {qid: {} for ranking in rankings for qid in ranking}
    for qids in batched(fused, _TOPICS_AT_ONCE):
        docids = sorted({docid for ranking in rankings for qid in qids for docid in ranking.get(qid, ())})
        numbers = {docid: number for number, docid in enumerate(docids)}
        runs = [
            _rescored(_as_run(ranking if weight else {}, qids, numbers), fusion.method, weight)
            for ranking, weight in zip(rankings, weights, strict=True)
        ]
        merged = TrecRun.merge(runs, AggregationMethod.SUM).run_data
        topics, documents, scores = (
            merged["topic"].to_numpy(),
            merged["docid"].to_numpy(),
            merged["score"].to_numpy().round(DECIMALS),
        )
        order = np.lexsort((documents, -scores, topics))
        for topic, document, score in zip(
            topics[order].tolist(), documents[order].tolist(), scores[order].tolist(), strict=True
        ):
            hits = fused[qids[topic]]
            if k is None or len(hits) < k:
                hits[docids[document]] = score
    return fused


def _as_run(ranking: Mapping[str, Mapping[str, float]], qids: Sequence[str], numbers: Mapping[str, int]) -> TrecRun:
    """Topics and documents by number, in docids' order: pandas is slow on strings."""
    import pandas as pd
    from pyserini.trectools import TrecRun

    found = [best_first(ranking.get(qid, {})) for qid in qids]
    lengths = [len(hits) for hits in found]
    run = TrecRun()
    run.run_data = pd.DataFrame(
        {
            "topic": np.repeat(np.arange(len(qids)), lengths),
            "q0": "Q0",
            "docid": np.array([numbers[docid] for hits in found for docid, _ in hits], dtype=np.int64),
            "rank": np.concatenate([np.arange(1, length + 1) for length in lengths]),
            "score": np.array([score for hits in found for _, score in hits], dtype=np.float64),
            "tag": "run",
        }
    )
    return run


def _rescored(run: TrecRun, method: RankFusionMethod, weight: float) -> TrecRun:
    from pyserini.trectools import RescoreMethod

    if run.run_data.empty:  # which Pyserini's normalisation does not take
        return run
    method.rescore(run)
    return run.rescore(RescoreMethod.SCALE, scale=weight)
