"""What a reader must know beside the figures: queries that are missing, unjudged, left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pyserini_xqg.evaluate.inputs.order import first_disorder
from pyserini_xqg.evaluate.inputs.places import Runs, each_run, files_for, languages_of
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.scoring.systems import Scores
from pyserini_xqg.input.topics import read_topics

_EXAMPLES = 5


def run_notes(runs: Runs, scores: Scores, measures: Sequence[Measure]) -> tuple[str, ...]:
    """A sentence for everything in the runs that does not show in their averages."""
    notes = [
        note
        for system, code, run in each_run(runs)
        for note in _one_run(f"{system}, {code}", run, scores[system][code], measures)
    ]
    notes += _left_out(scores, measures)
    for system, languages in scores.items():
        lacking = [code for code in languages_of(runs) if code not in languages]
        if lacking:
            notes.append(f"{system}: no run for {', '.join(lacking)}, so no averages over languages")
    return tuple(notes)


def _one_run(label: str, run: Path, scores: RunScores, measures: Sequence[Measure]) -> list[str]:
    notes = []
    if scores.missing:
        empty = (
            " (it has no line at all)" if len(scores.missing) == len(_judged(scores)) and not scores.unjudged else ""
        )
        notes.append(f"{label}: no answer to {_counted(scores.missing)} in {run}{empty}, counted as misses")
        notes += filter(None, (measure.missing_note(label, scores) for measure in measures))
    if scores.unjudged:
        notes.append(f"{label}: {_counted(scores.unjudged)} in {run} without a judgment, counted nowhere")
    if scores.short:
        words = dict.fromkeys(measure.SHORT for measure in measures if measure.SHORT)
        notes += [f"{label}: {_counted(scores.short)} {why}" for why in words]
    return notes + _order(label, run, scores, measures)


def _order(label: str, run: Path, scores: RunScores, measures: Sequence[Measure]) -> list[str]:
    by_score = [measure.name for measure in measures if measure.BY_SCORE]
    by_rank = [measure.name for measure in measures if not measure.BY_SCORE]
    notes = []
    if scores.disordered:
        used = [
            f"{', '.join(names)} {verb}"
            for names, verb in ((by_score, "by score, as trec_eval"), (by_rank, "by rank"))
            if names
        ]
        where = f"{run}:{first_disorder(run, scores.disordered[0])}"
        notes.append(
            f"{label}: rank and score order {_counted(scores.disordered)} differently, first at {where}; counted "
            f"{'; '.join(used)}"
        )
    if scores.tied and by_score:
        notes.append(
            f"{label}: a relevant passage has the same score as another in {_counted(scores.tied)} of {run}; "
            "equal scores are ordered by docid, the largest first, as trec_eval does"
        )
    return notes


def _left_out(scores: Scores, measures: Sequence[Measure]) -> list[str]:
    counts = {
        code: len(found.left_out)
        for languages in scores.values()
        for code, found in languages.items()
        if found.left_out
    }
    if not counts:
        return []
    shown = ", ".join(f"{code} {count}" for code, count in sorted(counts.items()))
    return [
        f"{words}: {shown}" for words in dict.fromkeys(measure.LEFT_OUT for measure in measures if measure.LEFT_OUT)
    ]


def topic_notes(topics: Path, scores: Scores) -> tuple[str, ...]:
    """Whether the topics and the judgments speak of the same queries.

    :param topics: a file, or a folder with ``topics.LANG.tsv``.
    :raises XqgError: the topics are missing for a language, or bad.
    """
    merged: dict[str, RunScores] = {code: found for languages in scores.values() for code, found in languages.items()}
    notes = []
    for code, path in files_for(topics, tuple(sorted(merged)), "topics").items():
        asked = [topic.qid for topic in read_topics(path)]
        judged = _judged(merged[code])
        without = [qid for qid in asked if qid not in judged and qid not in merged[code].left_out]
        unasked = [qid for qid in judged if qid not in set(asked)]
        if without:
            notes.append(f"{code}: {_counted(without)} of {path} without a judgment, counted nowhere")
        if unasked:
            notes.append(f"{code}: {_counted(unasked)} judged but not in {path}; every run must miss them")
    return tuple(notes)


def _judged(scores: RunScores) -> Mapping[str, None]:
    return dict.fromkeys(qid for per_query in scores.per_query.values() for qid in per_query)


def _counted(qids: Sequence[str]) -> str:
    shown = ", ".join(qids[:_EXAMPLES])
    return f"{len(qids):,} {'query' if len(qids) == 1 else 'queries'} ({shown}{', …' if len(qids) > _EXAMPLES else ''})"
