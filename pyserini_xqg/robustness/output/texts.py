"""The report in words and tables: for a terminal, as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterator

from pyserini_xqg.evaluate.output.tables import BONFERRONI_MARK, HOLM_MARK
from pyserini_xqg.evaluate.statistics.clusters import Resample
from pyserini_xqg.evaluate.statistics.significance import LEVEL as SIGNIFICANT
from pyserini_xqg.robustness.comparison.figures import Figure
from pyserini_xqg.robustness.comparison.results import Robustness
from pyserini_xqg.robustness.output.grid import Grid, as_latex, as_markdown, as_text
from pyserini_xqg.robustness.output.tables import INTERVAL, against, detailed, overall


def to_text(found: Robustness) -> str:
    """The tables over all languages and the notes, for a terminal."""
    parts = []
    for measure in found.measures:
        parts += [f"{grid.title}\n{as_text(grid)}" for grid in _summary(found, measure)]
    if not parts:
        parts.append("no language is in every condition, so there is no table over all languages")
    if found.notes:
        parts.append("Notes:\n" + "\n".join(f"  {note}" for note in found.notes))
    return "\n\n".join(parts)


def _summary(found: Robustness, measure: str) -> list[Grid]:
    return [grid for grid in (overall(found, measure), against(found, measure)) if grid is not None]


def to_markdown(found: Robustness) -> str:
    """The whole report: how to read it, the notes, then every table of every measure."""
    parts = ["# Robustness", *_how_to_read(found)]
    if found.notes:
        parts += ["## Notes", "\n".join(f"- {note}" for note in found.notes)]
    for measure in found.measures:
        parts.append(f"## {measure}")
        for grid in _summary(found, measure):
            parts += [f"### {_heading(grid)}", as_markdown(grid)]
        for grid in _details(found, measure):
            parts += [f"### {_heading(grid)}", as_markdown(grid)]
    return "\n\n".join(parts) + "\n"


def _heading(grid: Grid) -> str:
    return grid.title[0].upper() + grid.title[1:]


def _details(found: Robustness, measure: str) -> Iterator[Grid]:
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
        "A perturbed score is the mean "
        "over the variants of each query, *worst* takes the lowest variant of each. *better/same/worse* counts "
        "queries. Averages are over languages, "
        "each weighing the same; a group's *drop %* is the drop of its averages."
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
    yield (
        f"{HOLM_MARK}: p < {SIGNIFICANT} in a paired t-test after Holm's correction, {BONFERRONI_MARK}: after "
        "Bonferroni's too; of drops "
        f"({found.tests.get(Figure.DROP, 0)} tests a measure){_differences(found)}."
    )


def _differences(found: Robustness) -> str:
    if Figure.DROP_DIFFERENCE not in found.tests:
        return ""
    counts = [
        found.tests[figure] for figure in (Figure.CLEAN_DIFFERENCE, Figure.PERTURBED_DIFFERENCE, Figure.DROP_DIFFERENCE)
    ]
    return (
        f", and of Δ, the system less {found.settings.baseline} ({', '.join(map(str, counts[:-1]))} and {counts[-1]} "
        "tests of Δ clean, Δ perturbed and "
        "Δ drop); a Δ drop below 0 loses less than the baseline"
    )


def to_latex(found: Robustness) -> str:
    """Every table as a LaTeX ``table``, to be input by a paper; the packages booktabs and graphicx are needed."""
    tables = [grid for measure in found.measures for grid in (*_summary(found, measure), *_details(found, measure))]
    labels = [f"tab:robustness-{number}" for number in range(1, len(tables) + 1)]
    marks = (
        f"% {HOLM_MARK} and {BONFERRONI_MARK} in the tables: p < {SIGNIFICANT} in a paired t-test after "
        "Holm's correction, after Bonferroni's too"
    )
    head = f"% \\usepackage{{booktabs,graphicx}}\n{marks}"
    return "\n\n".join([head, *(as_latex(grid, label) for grid, label in zip(tables, labels, strict=True))]) + "\n"
