"""The stage: folders of runs in, a folder with the report out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyserini_xqg.errors import OutputError
from pyserini_xqg.evaluate.names import Measure
from pyserini_xqg.files import replacing_folder, write_text
from pyserini_xqg.robustness.analysis import Robustness, Settings, analyse, check_baseline
from pyserini_xqg.robustness.csv_lines import to_csv
from pyserini_xqg.robustness.plots import write_plots
from pyserini_xqg.robustness.queries import Missing
from pyserini_xqg.robustness.read import Places, read_clusters, read_conditions
from pyserini_xqg.robustness.remarks import remarks
from pyserini_xqg.robustness.texts import to_latex, to_markdown

REPORT = "robustness"
"""The name of the report's files: ``robustness.md``, ``.csv`` and ``.tex``."""


def compare_runs(places: Places, measures: Sequence[Measure], missing: Missing | None, settings: Settings) -> Robustness:
    """Score the runs and analyse them.

    :param missing: what a query counts that is judged but not in a run; None: a miss, unless clean and perturbed runs each lack queries of the other.
    :raises UsageError: nothing is shared, clean and perturbed runs answer different queries, or there is no such baseline.
    :raises InputError: a file is missing or bad.
    """
    conditions, notes = read_conditions(places, measures, missing)
    check_baseline(conditions, settings.baseline)
    clusters = read_clusters(conditions, places.qrels, settings.resample)
    found = analyse(conditions, clusters, tuple(measure.name for measure in measures), settings, notes)
    return replace(found, notes=(*notes, *remarks(found, clusters)))


def check_output(folder: Path) -> None:
    """See that a report can be written here.

    :raises OutputError: something else is there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is there already and not empty; remove it or choose another --output")


def write_report(folder: Path, found: Robustness) -> list[Path]:
    """Write the whole report, or nothing.

    :returns: the files, those with tables first.
    :raises OutputError: the place cannot be written or is taken.
    """
    check_output(folder)
    with replacing_folder(folder) as partial:
        for suffix, text in ((".md", to_markdown(found)), (".csv", to_csv(found)), (".tex", to_latex(found))):
            write_text(partial / f"{REPORT}{suffix}", text)
        plots = write_plots(found, partial)
    return [*(folder / f"{REPORT}{suffix}" for suffix in (".md", ".csv", ".tex")), *(folder / plot.relative_to(partial) for plot in plots)]
