"""Measures over qrels, scored through ir_measures.

trec_eval's rules hold, as on leaderboards. Documents are ordered by score, not by the rank column; equal scores (as
32-bit floats) are ordered by docid, the largest first. Every query of the qrels counts; one that the run does not
answer scores 0.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.evaluate.inputs.judgments import Judgments, check_shared, read_judgments
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs, files_for, languages_of
from pyserini_xqg.evaluate.scoring.measures.registry import Basis, Judge, Measure, parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.runs.rankings import Rankings, read_rankings

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks


def _read(places: JudgmentPlaces, runs: Runs, measures: Sequence[Measure]) -> Judge:
    assert places.qrels is not None  # the flags of the basis were checked
    files = files_for(places.qrels, languages_of(runs), "qrels")
    return _QrelsJudge(measures, files, {code: read_judgments(path) for code, path in files.items()})


QRELS = Basis(
    name="qrels",
    flags=("qrels",),
    material="qrels",
    needs="qrels",
    defaults=("R@1", "R@5", "R@10", "MRR@10", "nDCG@10"),
    read=_read,
)


class QrelsMeasure(Measure):
    """A measure over qrels; a relevance of 1 or more is relevant. It says twice what it is: as the library computes it
    from rankings, and from the ranks of relevant passages alone, which is what tuning has for thousands of weights.
    """

    BASIS = QRELS
    BY_SCORE = True

    @abstractmethod
    def library(self) -> Any:
        """The measure of ir_measures, one that its trec_eval provider computes."""

    def cut(self, value: float) -> float:
        """What is left of the library's value for a query, where its measure has not this one's cutoff."""
        return value

    @abstractmethod
    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        """The score of each query, float64 ``[queries]``."""


@dataclass(frozen=True, slots=True)
class _QrelsJudge(Judge):
    measures: Sequence[Measure]
    files: Mapping[str, Path]
    judgments: Mapping[str, Judgments]

    def score(self, run: Path, language: str, rankings: Rankings) -> RunScores:
        from pyserini_xqg.evaluate.inputs.order import tied

        judged = self.judgments[language]
        check_shared(rankings, judged, run, self.files[language])
        return replace(score_rankings(rankings, judged, self.measures), tied=tied(rankings, judged))


def score_run(run: Path, qrels: Path, measures: Sequence[str]) -> RunScores:
    """Score a run file against a qrels file.

    :param measures: names such as ``R@1``, ``MRR@10``, ``nDCG@10``, ``Success@5``.
    :raises InputError: a file is not what it should be, or run and qrels share no query.
    :raises UsageError: a measure is not known, or needs answers instead of qrels.
    """
    rankings, judgments = read_rankings(run), read_judgments(qrels)
    check_shared(rankings, judgments, run, qrels)
    return score_rankings(rankings, judgments, parse_measures(measures))


def score_rankings(
    rankings: Mapping[str, Mapping[str, float]], judgments: Mapping[str, Mapping[str, int]], measures: Sequence[Measure]
) -> RunScores:
    """Score rankings that are in memory.

    :param rankings: query id -> docid -> score.
    :param judgments: query id -> docid -> relevance; a relevance of 1 or more is relevant.
    :raises UsageError: a measure needs something else than qrels.
    """
    QRELS.check(measures)
    mine = [measure for measure in measures if isinstance(measure, QrelsMeasure)]
    answered = {qid: dict(documents) for qid, documents in rankings.items() if qid in judgments}
    per_query: dict[str, dict[str, float]] = {measure.name: dict.fromkeys(judgments, 0.0) for measure in mine}
    by_library: dict[Any, list[QrelsMeasure]] = {}
    for measure in mine:
        by_library.setdefault(measure.library(), []).append(measure)
    import ir_measures

    for metric in ir_measures.pytrec_eval.iter_calc(
        list(by_library), {qid: dict(found) for qid, found in judgments.items()}, answered
    ):
        for measure in by_library[metric.measure]:
            per_query[measure.name][metric.query_id] = measure.cut(float(metric.value))
    return RunScores(
        per_query=per_query,
        missing=tuple(qid for qid in judgments if qid not in rankings),
        unjudged=tuple(qid for qid in rankings if qid not in judgments),
    )
