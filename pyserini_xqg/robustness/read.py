"""From folders of run files to the conditions that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.evaluate.inputs import read_judgments
from pyserini_xqg.evaluate.names import Measure
from pyserini_xqg.evaluate.places import files_for, find_runs
from pyserini_xqg.evaluate.systems import Runs, Scores, languages_of, score_systems
from pyserini_xqg.progress import Progress, progress
from pyserini_xqg.robustness.clusters import Clusters, Resample, clusters_of
from pyserini_xqg.robustness.conditions import Conditions
from pyserini_xqg.robustness.queries import Missing, check_same_queries, leave_out_missing, missing_notes
from pyserini_xqg.robustness.shared import keep_shared


@dataclass(frozen=True, slots=True)
class Places:
    """Where runs and judgments are.

    :param clean: a folder of run files ``SYSTEM.LANG.txt``.
    :param perturbed: perturbation -> such a folder for each of its variants.
    :param qrels: a qrels file, or a folder with ``qrels.LANG.txt``.
    """

    clean: Path
    perturbed: Mapping[str, Sequence[Path]]
    qrels: Path


def read_conditions(places: Places, measures: Sequence[Measure], missing: Missing | None) -> tuple[Conditions, tuple[str, ...]]:
    """Find the runs, keep what the conditions share, and score it.

    :param missing: what a query counts that is judged but not in a run; None is a miss, and refuses runs that each lack queries of the other.
    :returns: the conditions, and a sentence for everything left out or missing.
    :raises UsageError: nothing is shared, or clean and perturbed runs answer different queries.
    :raises InputError: a file is missing or bad.
    """
    clean = find_runs([places.clean])
    perturbed = {name: [find_runs([folder]) for folder in folders] for name, folders in places.perturbed.items()}
    clean_runs, variants, notes = keep_shared(clean, perturbed)
    total = sum(map(_size, [clean_runs, *(variant for found in variants.values() for variant in found)]))
    with progress("scoring", "runs", total) as tracker:
        conditions = Conditions(
            _score(clean_runs, measures, places.qrels, tracker),
            {name: tuple(_score(variant, measures, places.qrels, tracker) for variant in found) for name, found in variants.items()},
        )
    check_same_queries(conditions, missing)
    notes += missing_notes(conditions, missing or Missing.MISS)
    return (leave_out_missing(conditions) if missing is Missing.LEAVE_OUT else conditions), notes


def _size(runs: Runs) -> int:
    return sum(map(len, runs.values()))


def _score(runs: Runs, measures: Sequence[Measure], qrels: Path, tracker: Progress) -> Scores:
    """Score a folder, a system at a time, so that the progress shows."""
    scores: Scores = {}
    for system, languages in runs.items():
        scores |= score_systems({system: languages}, measures, qrels, None, None)
        tracker.advance(len(languages))
    return scores


def read_clusters(conditions: Conditions, qrels: Path, resample: Resample) -> Clusters:
    """The clusters of the judged queries of every language that is compared."""
    codes = languages_of({system: dict.fromkeys(languages, qrels) for system, languages in conditions.clean.items()})
    return clusters_of({code: read_judgments(path) for code, path in files_for(qrels, codes, "qrels").items()}, resample)
