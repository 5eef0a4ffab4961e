"""Measures over qrels: R@k, MRR@k, nDCG@k, Success@k through ir_measures.

trec_eval's rules hold, as on leaderboards. Documents are ordered by score, not by the rank column; equal scores (as
32-bit floats) are ordered by docid, the largest first. Every query of the qrels counts; one that the run does not
answer scores 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_judgments
from pyserini_xqg.evaluate.scoring.names import Measure, MeasureKind, parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.runs.rankings import read_rankings


def score_run(run: Path, qrels: Path, measures: Sequence[str]) -> RunScores:
    """Score a run file against a qrels file.

    :param measures: names such as ``R@1``, ``MRR@10``, ``nDCG@10``, ``Success@5``.
    :raises InputError: a file is not what it should be, or run and qrels share no query.
    :raises UsageError: a measure is not known, or needs answers instead of qrels.
    """
    rankings, judgments = read_rankings(run), read_judgments(qrels)
    check_shared(rankings, judgments, run, qrels)
    return score_rankings(rankings, judgments, parse_measures(measures))


def check_shared(rankings: Mapping[str, object], judged: Mapping[str, object], run: Path, judgments: Path) -> None:
    """See that a run and its judgments speak of the same queries.

    :raises InputError: they share none.
    """
    if rankings and not rankings.keys() & judged.keys():
        raise InputError(
            Location(run),
            f"shares no query with {judgments}: the run's first is {next(iter(rankings))!r}, there the first is "
            f"{next(iter(judged))!r}; "
            "take both from the same data set",
        )


def score_rankings(
    rankings: Mapping[str, Mapping[str, float]], judgments: Mapping[str, Mapping[str, int]], measures: Sequence[Measure]
) -> RunScores:
    """Score rankings that are in memory.

    :param rankings: query id -> docid -> score.
    :param judgments: query id -> docid -> relevance; a relevance of 1 or more is relevant.
    :raises UsageError: a measure needs something else than qrels.
    """
    wrong = [measure.name for measure in measures if not measure.needs_qrels]
    if wrong:
        raise UsageError(
            f"{', '.join(wrong)} cannot be computed from qrels: answers and the corpus (R@kt) or evidence (LoCoMo@k) "
            "are needed"
        )
    answered = {qid: dict(documents) for qid, documents in rankings.items() if qid in judgments}
    per_query: dict[str, dict[str, float]] = {measure.name: dict.fromkeys(judgments, 0.0) for measure in measures}
    by_library: dict[Any, list[Measure]] = {}
    for measure in measures:
        by_library.setdefault(_library_measure(measure), []).append(measure)
    import ir_measures

    for metric in ir_measures.pytrec_eval.iter_calc(
        list(by_library), {qid: dict(found) for qid, found in judgments.items()}, answered
    ):
        for measure in by_library[metric.measure]:
            per_query[measure.name][metric.query_id] = _cut(measure, metric.value)
    return RunScores(
        per_query=per_query,
        missing=tuple(qid for qid in judgments if qid not in rankings),
        unjudged=tuple(qid for qid in rankings if qid not in judgments),
    )


def _library_measure(measure: Measure) -> Any:
    import ir_measures

    # RR without its cutoff: ir_measures hands RR@k to another scorer, which orders equal scores the other way round.
    if measure.kind is MeasureKind.MRR:
        return ir_measures.RR
    if measure.kind is MeasureKind.NDCG:
        return ir_measures.nDCG if measure.cutoff is None else ir_measures.nDCG @ measure.cutoff
    return (ir_measures.R if measure.kind is MeasureKind.RECALL else ir_measures.Success) @ measure.cutoff


def _cut(measure: Measure, value: float) -> float:
    beyond = measure.kind is MeasureKind.MRR and measure.cutoff is not None and value < 1 / measure.cutoff
    return 0.0 if beyond else float(value)
