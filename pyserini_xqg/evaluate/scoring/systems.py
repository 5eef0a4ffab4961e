"""Scoring several systems in several languages at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_answers, read_contents, read_judgments
from pyserini_xqg.evaluate.inputs.order import disordered, tied
from pyserini_xqg.evaluate.inputs.places import files_for, pick
from pyserini_xqg.evaluate.scoring.locomo_recall import read_evidence, score_evidence
from pyserini_xqg.evaluate.scoring.measures import check_shared, score_rankings
from pyserini_xqg.evaluate.scoring.names import Measure
from pyserini_xqg.evaluate.scoring.rkt import TokenizedPassages, check_contents, needed_docids, score_answers
from pyserini_xqg.evaluate.scoring.scores import RunScores, merge
from pyserini_xqg.runs.rankings import Rankings, read_rankings

type Runs = Mapping[str, Mapping[str, Path]]
"""System -> language -> run file."""
type Scores = dict[str, dict[str, RunScores]]
"""System -> language -> scores."""


def score_systems(
    *,
    runs: Runs,
    measures: Sequence[Measure],
    qrels: Path | None,
    answers: Path | None,
    corpus: Path | None,
    evidence: Path | None = None,
) -> Scores:
    """Score every run under every measure.

    :param qrels: needed where a measure works on qrels; a file, or a folder with ``qrels.LANG.txt``.
    :param answers: needed for R@kt, with ``corpus``; a file, or a folder with ``answers.LANG.jsonl``.
    :param evidence: needed for LoCoMo@k; a file, or a folder with ``evidence.LANG.jsonl``.
    :raises UsageError: a measure lacks its judgments.
    :raises InputError: a file is missing or bad, or a run does not fit its judgments.
    """
    of_qrels = [measure for measure in measures if measure.needs_qrels]
    of_answers = [measure for measure in measures if measure.needs_answers]
    of_evidence = [measure for measure in measures if measure.needs_evidence]
    parts: list[Scores] = []
    if of_qrels:
        if qrels is None:
            raise UsageError(f"{_named(of_qrels)} from qrels, so give --qrels")
        parts.append(_score_qrels(runs, qrels, of_qrels))
    if of_answers:
        if answers is None or corpus is None:
            raise UsageError(
                f"{_named(of_answers)} from answers and the retrieved passages, so give both --answers and --corpus"
            )
        parts.append(_score_answers(runs, answers, corpus, of_answers))
    if of_evidence:
        if evidence is None:
            raise UsageError(f"{_named(of_evidence)} from evidence, so give --evidence")
        parts.append(_score_evidence(runs, evidence, of_evidence))
    return reduce(_merged, parts)


def _named(measures: Sequence[Measure]) -> str:
    return f"{', '.join(measure.name for measure in measures)} {'is' if len(measures) == 1 else 'are'} computed"


def _merged(first: Scores, second: Scores) -> Scores:
    return {
        system: {code: merge(scores, second[system][code]) for code, scores in languages.items()}
        for system, languages in first.items()
    }


def languages_of(runs: Runs) -> tuple[str, ...]:
    """The languages of all systems, by code."""
    return tuple(sorted({code for languages in runs.values() for code in languages}))


def _score_qrels(runs: Runs, qrels: Path, measures: Sequence[Measure]) -> Scores:
    files = files_for(qrels, languages_of(runs), "qrels")
    judgments = {code: read_judgments(path) for code, path in files.items()}
    scores: Scores = {system: {} for system in runs}
    for system, code, run in each_run(runs):
        rankings = read_rankings(run)
        check_shared(rankings, judgments[code], run, files[code])
        found = score_rankings(rankings, judgments[code], measures)
        scores[system][code] = replace(found, disordered=disordered(rankings), tied=tied(rankings, judgments[code]))
    return scores


def _score_answers(runs: Runs, place: Path, corpus: Path, measures: Sequence[Measure]) -> Scores:
    answers = _for_languages(read_answers(place), languages_of(runs), "answers", place)
    loaded: list[tuple[str, str, Rankings, set[str]]] = []
    for system, code, run in each_run(runs):
        rankings = read_rankings(run)
        check_shared(rankings, answers[code], run, place)
        loaded.append((system, code, rankings, needed_docids(rankings, answers[code])))
    contents = read_contents(corpus, set().union(*(docids for *_, docids in loaded)))
    for system, code, _, docids in loaded:
        check_contents(docids, contents, runs[system][code], corpus)
    passages = TokenizedPassages(contents)
    scores: Scores = {system: {} for system in runs}
    for system, code, rankings, _ in loaded:
        scores[system][code] = replace(
            score_answers(rankings, answers[code], passages, measures), disordered=disordered(rankings)
        )
    return scores


def _score_evidence(runs: Runs, place: Path, measures: Sequence[Measure]) -> Scores:
    evidence = _for_languages(read_evidence(place), languages_of(runs), "evidence", place)
    scores: Scores = {system: {} for system in runs}
    for system, code, run in each_run(runs):
        rankings = read_rankings(run)
        check_shared(rankings, evidence[code], run, place)
        scores[system][code] = replace(
            score_evidence(rankings, evidence[code], measures), disordered=disordered(rankings)
        )
    return scores


def _for_languages[Value](
    found: Mapping[str, Value], languages: Sequence[str], what: str, place: Path
) -> dict[str, Value]:
    """What was found for each of these languages; the only one serves the only one, whatever it is called."""
    return (
        dict(zip(languages, found.values(), strict=True))
        if len(found) == len(languages) == 1
        else pick(found, languages, what, place)
    )


def each_run(runs: Runs) -> list[tuple[str, str, Path]]:
    """``(system, language, run file)`` of every run."""
    return [(system, code, path) for system, languages in runs.items() for code, path in languages.items()]
