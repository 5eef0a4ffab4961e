"""The stage: runs and judgments in, everything that a report shows out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.inputs.judgments import read_judgments
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, files_for, find_runs, languages_of
from pyserini_xqg.evaluate.notes import run_notes, topic_notes
from pyserini_xqg.evaluate.output.report import to_text
from pyserini_xqg.evaluate.scoring.measures.registry import Measure, default_measures, parse_measures
from pyserini_xqg.evaluate.scoring.systems import Scores, score_systems
from pyserini_xqg.evaluate.statistics.clusters import Clusters, Resample, clusters_of
from pyserini_xqg.evaluate.statistics.compute import Wanted, add_statistics
from pyserini_xqg.input.topics import read_topics


@dataclass(frozen=True, slots=True)
class EvaluatedPlaces:
    """Where everything lies.

    :param runs: run files, or folders of them.
    :param topics: a topics file, or a folder with ``topics.LANG.tsv``: to check that topics and judgments fit.
    :param groups: TSV, query id and group.
    """

    runs: Sequence[Path]
    judgments: JudgmentPlaces
    topics: Path | None = None
    groups: Path | None = None


class PrintableEvaluation(Evaluation):
    """An evaluation that is printed as the command's tables."""

    __slots__ = ()

    def __str__(self) -> str:
        return to_text(self)


def evaluate(
    *,
    runs: str | Path | Sequence[str | Path],
    qrels: str | Path | None = None,
    answers: str | Path | None = None,
    corpus: str | Path | None = None,
    evidence: str | Path | None = None,
    measures: Sequence[str] = (),
    baseline: str | None = None,
    wanted: Wanted = Wanted(),
) -> PrintableEvaluation:
    """Score run files as the command ``evaluate`` does. Printed, the result is the command's tables; its ``scores``
    hold the figures by system and language.

    :param runs: run files ``NAME.LANG.txt``, or folders of them; NAME is the system.
    :param qrels: a qrels file, or a folder with ``qrels.LANG.txt``.
    :param answers: for R@kt, with ``corpus``: a JSONL file, or a folder with ``answers.LANG.jsonl``.
    :param evidence: for LoCoMo@k: a JSONL file, or a folder with ``evidence.LANG.jsonl``.
    :param measures: names such as ``nDCG@10``; none for the usual ones.
    :param baseline: the system that the others are tested against.
    :param wanted: which test, intervals and letters.
    :raises UsageError: an unknown measure, or one that lacks its judgments; no such baseline.
    :raises InputError: a file is missing or bad, or a run does not fit its judgments.
    """
    places = JudgmentPlaces(qrels=_path(qrels), answers=_path(answers), corpus=_path(corpus), evidence=_path(evidence))
    return evaluate_runs(
        places=EvaluatedPlaces(list(map(Path, [runs] if isinstance(runs, str | Path) else runs)), places),
        measures=parse_measures(measures or default_measures(places)),
        baseline=baseline,
        wanted=wanted,
    )


def _path(place: str | Path | None) -> Path | None:
    return Path(place) if place is not None else None


def evaluate_runs(
    *,
    places: EvaluatedPlaces,
    measures: Sequence[Measure],
    baseline: str | None,
    wanted: Wanted,
    clusters: Resample = Resample.QUERIES,
    families: bool = False,
) -> PrintableEvaluation:
    """Score runs, say what chance could have done, and what a reader must know beside the figures.

    :param baseline: the system that the others are tested against.
    :param clusters: what chance draws whole; passages need qrels.
    :param families: whether tables have a column a language family.
    :raises UsageError: there is no such baseline, a measure lacks its judgments, or what :func:`add_statistics` raises.
    :raises InputError: a file is missing or bad, or a run does not fit its judgments.
    """
    runs = find_runs(places.runs)
    if baseline is not None and baseline not in runs:
        raise UsageError(f"--baseline {baseline}: there is no such system among the runs; there are {', '.join(runs)}")
    scores = score_systems(runs, measures, places.judgments)
    notes = run_notes(runs, scores, measures)
    if places.topics is not None:
        notes += topic_notes(places.topics, scores)
    groups = {topic.qid: topic.text for topic in read_topics(places.groups)} if places.groups is not None else {}
    found = PrintableEvaluation(tuple(measures), scores, baseline, notes=notes, families=families, groups=groups)
    qrels = places.judgments.qrels if clusters is Resample.PASSAGES else None
    return add_statistics(found, wanted, _by_passage(qrels, scores) if qrels is not None else None)


def _by_passage(qrels: Path, scores: Scores) -> Clusters:
    """The queries of each relevant passage; those that only other measures than the qrels' count are by themselves."""
    scored = {code: found.per_query for languages in scores.values() for code, found in languages.items()}
    judged = {code: read_judgments(path) for code, path in files_for(qrels, languages_of(scores), "qrels").items()}
    unjudged = {
        code: {qid: dict[str, int]() for mine in per_query.values() for qid in mine}
        for code, per_query in scored.items()
    }
    return clusters_of({code: unjudged[code] | judged[code] for code in judged}, Resample.PASSAGES)
