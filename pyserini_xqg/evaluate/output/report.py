"""A report of an evaluation, for reading (text, Markdown), for a paper (LaTeX) and for further work (CSV, JSON)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.as_value import as_value
from pyserini_xqg.evaluate.output.figure_lines import figure_lines
from pyserini_xqg.evaluate.output.interval_tables import interval_legend, interval_table
from pyserini_xqg.evaluate.output.tables import build_table
from pyserini_xqg.evaluate.statistics.power import POWER, in_words
from pyserini_xqg.evaluate.statistics.significance import LEVEL
from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.findings import Findings, Paragraph
from pyserini_xqg.report.formats.text import to_text as findings_text
from pyserini_xqg.report.marks import letters_of_systems, marks_against
from pyserini_xqg.report.model import Table
from pyserini_xqg.report.registry import FORMATS
from pyserini_xqg.report.report_format import ReportFormat

_WRITERS = {
    one.suffix: one.findings
    for one in sorted(FORMATS, key=lambda one: one.every_figure)
    if one.suffix and one.findings is not None
}
"""By suffix; those with tables first."""


def report_format(path: Path) -> ReportFormat:
    """The format that a report file's suffix asks for.

    :raises UsageError: it asks for none.
    """
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise UsageError(f"--report {path}: the name must end in {', '.join(_WRITERS)}")
    return next(one for one in FORMATS if one.suffix == suffix)


def write_report(path: Path, found: Evaluation) -> None:
    """Write the report in the format of the path's suffix, whole or not at all."""
    write_text(path, _WRITERS[report_format(path).suffix](findings(found)))


def to_text(found: Evaluation) -> str:
    """The tables, their legend and the notes for a terminal."""
    return findings_text(findings(found))


def findings(found: Evaluation) -> Findings:
    """An evaluation for any format to show."""
    return Findings(
        "evaluate",
        (*_tables(found), *_interval_tables(found)),
        (*_legends(found), *_lists(found)),
        lambda: figure_lines(found),
        lambda: as_value(found),
    )


def _tables(found: Evaluation) -> list[Table]:
    return [
        build_table(
            systems=found.scores,
            measure=measure.name,
            comparisons=found.comparisons,
            families=found.families,
            groups=found.groups,
            letters=found.letters.get(measure.name),
            test=found.test,
        )
        for measure in found.measures
    ]


def _interval_tables(found: Evaluation) -> list[Table]:
    return [interval_table(found, measure.name) for measure in found.measures] if found.intervals else []


def _legends(found: Evaluation) -> Iterator[Paragraph]:
    test = found.test.called
    if found.comparisons:
        number = len(found.comparisons) // len(found.measures)
        yield Paragraph(marks_against(baseline=str(found.baseline), test=test, level=LEVEL, comparisons=number))
    if found.letters:
        counts = sorted(
            {sum(test.language in found.languages for test in letters.tests) for letters in found.letters.values()}
        )
        yield Paragraph(letters_of_systems(test=test, level=LEVEL, comparisons=" or ".join(map(str, counts))))
    if found.intervals:
        yield Paragraph(interval_legend(found))


def _lists(found: Evaluation) -> Iterator[Paragraph]:
    if found.intervals and found.powers:
        yield Paragraph(
            "Power: smaller differences than these, in points, could not have been shown; where they exist, a "
            f"two-sided t-test at Bonferroni's level finds them with a chance below {100 * POWER:.0f}%:",
            tuple(in_words(found.powers)),
        )
    if found.notes:
        yield Paragraph("Notes:", tuple(found.notes))
