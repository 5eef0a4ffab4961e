"""From folders of run files to the conditions that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_judgments
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs, files_for, find_runs, languages_of
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.evaluate.scoring.systems import Scores, score_systems
from pyserini_xqg.evaluate.statistics.clusters import Clusters, Resample, clusters_of
from pyserini_xqg.progress import Progress, progress
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.queries import Missing, check_same_queries, leave_out_missing, missing_notes
from pyserini_xqg.robustness.comparison.shared import keep_shared


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """Where runs and judgments are.

    :param clean: a folder of run files ``SYSTEM.LANG.txt``.
    :param perturbed: perturbation -> such a folder for each of its variants.
    :param qrels: a qrels file, or a folder with ``qrels.LANG.txt``.
    :param systems: only these, in this order; all where none is named.
    """

    clean: Path
    perturbed: Mapping[str, Sequence[Path]]
    qrels: Path
    systems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SharedRuns:
    """The runs of the systems and languages that can be compared.

    :param notes: a sentence for everything that was left out.
    """

    clean: Runs
    perturbed: Mapping[str, tuple[Runs, ...]]
    notes: tuple[str, ...]


def find_shared(places: ComparedRuns) -> SharedRuns:
    """Find the runs and keep what the conditions share.

    :raises UsageError: nothing is shared, or a system that was asked for has no clean runs.
    :raises InputError: a folder is missing or holds no run.
    """
    clean = find_runs([places.clean])
    if lacking := [system for system in places.systems if system not in clean]:
        raise UsageError(f"--systems {' '.join(lacking)}: not among the clean runs; there are {', '.join(clean)}")
    perturbed = {
        name: [_chosen(find_runs([folder]), places.systems) for folder in folders]
        for name, folders in places.perturbed.items()
    }
    return SharedRuns(*keep_shared(_chosen(clean, places.systems), perturbed))


def _chosen[Value](runs: Mapping[str, Value], systems: Sequence[str]) -> dict[str, Value]:
    return {system: runs[system] for system in systems or runs if system in runs}


def read_conditions(
    runs: SharedRuns, qrels: Path, measures: Sequence[Measure], missing: Missing | None
) -> tuple[Conditions, tuple[str, ...]]:
    """Score the runs.

    :param missing: what a query counts that is judged but not in a run; None is a miss, and refuses runs that each lack
        queries of the other.
    :returns: the conditions, and a sentence for every run that lacks queries.
    :raises UsageError: clean and perturbed runs answer different queries.
    :raises InputError: a file is missing or bad.
    """
    total = sum(map(_size, [runs.clean, *(variant for variants in runs.perturbed.values() for variant in variants)]))
    with progress("scoring", "runs", total) as tracker:
        conditions = Conditions(
            _score(runs.clean, measures, qrels, tracker),
            {
                name: tuple(_score(variant, measures, qrels, tracker) for variant in variants)
                for name, variants in runs.perturbed.items()
            },
        )
    check_same_queries(conditions, missing)
    notes = missing_notes(conditions, missing or Missing.MISS)
    return (leave_out_missing(conditions) if missing is Missing.LEAVE_OUT else conditions), notes


def _size(runs: Runs) -> int:
    return sum(map(len, runs.values()))


def _score(runs: Runs, measures: Sequence[Measure], qrels: Path, tracker: Progress) -> Scores:
    """Score a folder, a system at a time, so that the progress shows."""
    scores: Scores = {}
    for system, languages in runs.items():
        scores |= score_systems({system: languages}, measures, JudgmentPlaces(qrels))
        tracker.advance(len(languages))
    return scores


def read_clusters(conditions: Conditions, qrels: Path, resample: Resample) -> Clusters:
    """The clusters of the judged queries of every language that is compared."""
    codes = languages_of(conditions.clean)
    return clusters_of(
        {code: read_judgments(path) for code, path in files_for(qrels, codes, "qrels").items()}, resample
    )
