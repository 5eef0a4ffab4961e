"""A report of an evaluation, for reading (text, Markdown), for a paper (LaTeX) and for further work (CSV, JSON)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.figures_csv import to_csv
from pyserini_xqg.evaluate.output.figures_json import to_json
from pyserini_xqg.evaluate.output.interval_tables import interval_grid, interval_legend
from pyserini_xqg.evaluate.output.latex import latex_table
from pyserini_xqg.evaluate.output.tables import LEGEND, Table, aligned, as_markdown, as_text, build_table, in_markdown
from pyserini_xqg.evaluate.statistics.power import POWER, in_words
from pyserini_xqg.evaluate.statistics.significance import LEVEL
from pyserini_xqg.files.text import write_text


class Format(StrEnum):
    """The kinds of report file; the value is the file's suffix."""

    MARKDOWN = ".md"
    """Tables and notes, as they are printed."""
    LATEX = ".tex"
    """Tables for a paper to input, the legend and the notes as comments."""
    CSV = ".csv"
    """A line a measure, system and language or average, unrounded, with the tests against the baseline."""
    JSON = ".json"
    """Everything, with the score of every query."""


def report_format(path: Path) -> Format:
    """The format that a report file's suffix asks for.

    :raises UsageError: it asks for none.
    """
    try:
        return Format(path.suffix.lower())
    except ValueError as error:
        raise UsageError(f"--report {path}: the name must end in {', '.join(Format)}") from error


def write_report(path: Path, found: Evaluation) -> None:
    """Write the report in the format of the path's suffix, whole or not at all."""
    writers = {Format.MARKDOWN: to_markdown, Format.LATEX: to_latex, Format.CSV: to_csv, Format.JSON: to_json}
    write_text(path, writers[report_format(path)](found))


def tables(found: Evaluation) -> list[Table]:
    """One table a measure."""
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


def interval_grids(found: Evaluation) -> list[list[list[str]]]:
    """The second table of each measure; none unless there are intervals."""
    return [interval_grid(found, measure.name) for measure in found.measures] if found.intervals else []


def to_text(found: Evaluation) -> str:
    """The tables, their legend and the notes for a terminal."""
    return "\n\n".join(
        [*map(as_text, tables(found)), *map(aligned, interval_grids(found)), *_legends(found), *_lists(found, "  ", "")]
    )


def to_markdown(found: Evaluation) -> str:
    """The tables, their legend and the notes as Markdown."""
    parts = [
        *map(as_markdown, tables(found)),
        *map(in_markdown, interval_grids(found)),
        *_legends(found),
        *_lists(found, "- ", "\n"),
    ]
    return "\n\n".join(parts) + "\n"


def to_latex(found: Evaluation) -> str:
    """The tables as LaTeX; the packages booktabs and graphicx are needed."""
    scores = [(f"{table.measure} in percent", table.grid) for table in tables(found)]
    second = [(f"{grid[0][0]} in percent", grid) for grid in interval_grids(found)]
    parts = ["% \\usepackage{booktabs,graphicx}"]
    parts += [
        "\n".join(f"% {line}" for line in part.splitlines()) for part in (*_legends(found), *_lists(found, "  ", ""))
    ]
    parts += [
        latex_table(title, f"tab:evaluate-{number}", header, 1, [rows])
        for number, (title, (header, *rows)) in enumerate((*scores, *second), 1)
    ]
    return "\n\n".join(parts) + "\n"


def _legends(found: Evaluation) -> Iterator[str]:
    measures = len(found.measures)
    if found.comparisons:
        yield LEGEND.format(baseline=found.baseline, test=found.test.called, tests=len(found.comparisons) // measures)
    if found.letters:
        counts = sorted(
            {sum(test.language in found.languages for test in letters.tests) for letters in found.letters.values()}
        )
        yield (
            f"A raised letter names a system that the score is significantly better than ({found.test.called}, p < "
            f"{LEVEL} after Holm's correction over "
            f"{' or '.join(map(str, counts))} comparisons a measure; macro and micro by themselves)"
        )
    if found.intervals:
        yield interval_legend(found)


def _lists(found: Evaluation, bullet: str, gap: str) -> Iterator[str]:
    if found.intervals and found.powers:
        head = (
            "Power: smaller differences than these, in points, could not have been shown; where they exist, a "
            "two-sided t-test at Bonferroni's level "
            f"finds them with a chance below {100 * POWER:.0f}%:"
        )
        yield head + "\n" + gap + "\n".join(f"{bullet}{words}" for words in in_words(found.powers))
    if found.notes:
        yield "Notes:\n" + gap + "\n".join(f"{bullet}{note}" for note in found.notes)
