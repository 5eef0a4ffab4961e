"""The stage: folders of runs in, a folder with the report out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyserini_xqg.errors import OutputError
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import partial_path, remove_leftovers, replacing_folder
from pyserini_xqg.robustness.comparison.analysis import analyse, check_baseline
from pyserini_xqg.robustness.comparison.queries import Missing
from pyserini_xqg.robustness.comparison.read import ComparedRuns, find_shared, read_clusters, read_conditions
from pyserini_xqg.robustness.comparison.remarks import remarks
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness
from pyserini_xqg.robustness.output.csv_lines import to_csv
from pyserini_xqg.robustness.output.plots import PLOTS, write_plots
from pyserini_xqg.robustness.output.texts import to_latex, to_markdown

REPORT = "robustness"
"""The name of the report's files: ``robustness.md``, ``.csv`` and ``.tex``."""
_SUFFIXES = (".md", ".csv", ".tex")
_OURS = frozenset({PLOTS, *(f"{REPORT}{suffix}" for suffix in _SUFFIXES)})


def compare_runs(
    places: ComparedRuns, measures: Sequence[Measure], missing: Missing | None, settings: AnalysisSettings
) -> Robustness:
    """Score the runs and analyse them.

    :param missing: what a query counts that is judged but not in a run; None: a miss, unless clean and perturbed runs
        each lack queries of the other.
    :raises UsageError: nothing is shared, clean and perturbed runs answer different queries, or there is no such
        baseline.
    :raises InputError: a file is missing or bad.
    """
    runs = find_shared(places)
    check_baseline(runs.clean, {name: variants[0] for name, variants in runs.perturbed.items()}, settings.baseline)
    conditions, lacking = read_conditions(runs, places.qrels, measures, missing)
    clusters = read_clusters(conditions, places.qrels, settings.resample)
    found = analyse(conditions, clusters, tuple(measure.name for measure in measures), settings)
    return replace(found, notes=(*runs.notes, *lacking, *remarks(found, clusters)))


def check_output(folder: Path) -> None:
    """See that a report can be written here; an earlier report may be there, and is replaced.

    :raises OutputError: something else is there.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; choose another --output, a folder")
    others = sorted(entry.name for entry in folder.iterdir() if entry.name not in _OURS) if folder.is_dir() else []
    if others:
        raise OutputError(
            f"{folder} holds something else than a report ({', '.join(others[:3])}); choose another --output"
        )


def write_report(folder: Path, found: Robustness, *, plots: bool = True) -> list[Path]:
    """Write the whole report, or nothing; an earlier one is replaced at the end.

    :returns: the files, those with tables first.
    :raises OutputError: the place cannot be written, or holds something else.
    :raises BusyError: another process writes a report there.
    """
    with building(folder):
        check_output(folder)
        remove_leftovers(folder)
        earlier = partial_path(folder)
        with replacing_folder(folder) as partial:
            for suffix, text in zip(_SUFFIXES, (to_markdown(found), to_csv(found), to_latex(found)), strict=True):
                write_text(partial / f"{REPORT}{suffix}", text)
            drawn = write_plots(found, partial) if plots else []
            if folder.exists():
                folder.replace(earlier)
        shutil.rmtree(earlier, ignore_errors=True)
    return [
        *(folder / f"{REPORT}{suffix}" for suffix in _SUFFIXES),
        *(folder / plot.relative_to(partial) for plot in drawn),
    ]
