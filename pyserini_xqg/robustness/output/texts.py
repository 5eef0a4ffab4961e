"""The report in words and tables: for a terminal, as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from pyserini_xqg.evaluate.statistics.clusters import Resample
from pyserini_xqg.evaluate.statistics.significance import LEVEL as SIGNIFICANT
from pyserini_xqg.evaluate.statistics.significance import PairedTest
from pyserini_xqg.report.formats.latex import PACKAGES, latex_table
from pyserini_xqg.report.formats.markdown import grid
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.marks import marks_in_tables, marks_of
from pyserini_xqg.report.model import Table
from pyserini_xqg.robustness.comparison.figures import Figure
from pyserini_xqg.robustness.comparison.results import Robustness
from pyserini_xqg.robustness.output.tables import INTERVAL, against, detailed, overall


def to_text(found: Robustness) -> str:
    """The tables over all languages and the notes, for a terminal."""
    parts = []
    for measure in found.measures:
        parts += [f"{table.title}\n{aligned(table)}" for table in _summary(found, measure)]
    if not parts:
        parts.append("no language is in every condition, so there is no table over all languages")
    if found.notes:
        parts.append("Notes:\n" + "\n".join(f"  {note}" for note in found.notes))
    return "\n\n".join(parts)


def _summary(found: Robustness, measure: str) -> list[Table]:
    return [table for table in (overall(found, measure), against(found, measure)) if table is not None]


def to_markdown(found: Robustness) -> str:
    """The whole report: how to read it, the notes, then every table of every measure."""
    parts = ["# Robustness", *_how_to_read(found)]
    if found.notes:
        parts += ["## Notes", "\n".join(f"- {note}" for note in found.notes)]
    for measure in found.measures:
        parts.append(f"## {measure}")
        for table in (*_summary(found, measure), *_details(found, measure)):
            parts += [f"### {_heading(table)}", grid(table)]
    return "\n\n".join(parts) + "\n"


def _heading(table: Table) -> str:
    return table.title[0].upper() + table.title[1:]


def _details(found: Robustness, measure: str) -> Iterator[Table]:
    for name in found.perturbations:
        if len(found.groups) > 1:
            yield detailed(found, measure, name, found.groups)
        yield detailed(found, measure, name, found.languages)


def _how_to_read(found: Robustness) -> Iterator[str]:
    settings = found.settings
    conditions = ", ".join(
        f"{name} ({count} variants)" if count > 1 else name for name, count in found.perturbations.items()
    )
    systems = ", ".join(found.systems)
    yield f"Systems: {systems}. Perturbations: {conditions}. Languages: {len(found.languages)}."
    yield (
        "Scores are in percent, drops and differences (Δ) in points; *drop %* is the drop's share of the clean score. "
        "A perturbed score is the mean over the variants of each query, *worst* takes the lowest variant of each. "
        "*better/same/worse* counts queries. Averages are over languages, each weighing the same; a group's *drop %* "
        "is the drop of its averages."
    )
    drawn = (
        "relevant passages are resampled with all their queries"
        if settings.resample is Resample.PASSAGES
        else "query ids are resampled"
    )
    yield (
        f"{INTERVAL}s: bootstrap, {settings.resamples:,} resamples, seed {settings.seed}; {drawn}, over all "
        "languages at once."
    )
    tested = f"drops ({found.tests.get(Figure.DROP, 0)} tests a measure){_differences(found)}"
    yield f"{marks_of(test=PairedTest.T.called, level=SIGNIFICANT, tested=tested)}."


def _differences(found: Robustness) -> str:
    if Figure.DROP_DIFFERENCE not in found.tests:
        return ""
    counts = [
        found.tests[figure] for figure in (Figure.CLEAN_DIFFERENCE, Figure.PERTURBED_DIFFERENCE, Figure.DROP_DIFFERENCE)
    ]
    return (
        f", and of Δ, the system less {found.settings.baseline} ({', '.join(map(str, counts[:-1]))} and {counts[-1]} "
        "tests of Δ clean, Δ perturbed and Δ drop); a Δ drop below 0 loses less than the baseline"
    )


def to_latex(found: Robustness) -> str:
    """Every table as a LaTeX ``table``, to be input by a paper; the packages booktabs and graphicx are needed."""
    tables = [table for measure in found.measures for table in (*_summary(found, measure), *_details(found, measure))]
    head = f"{PACKAGES}\n% {marks_in_tables(test=PairedTest.T.called, level=SIGNIFICANT)}"
    shown = (latex_table(table, f"tab:robustness-{number}") for number, table in enumerate(tables, 1))
    return "\n\n".join([head, *shown]) + "\n"
