"""Tables of scores: a row a system, a column a language, then the averages; for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pyserini_xqg.evaluate.scores import MACRO, MICRO, RunScores, family_means, group_means, macro, micro
from pyserini_xqg.evaluate.significance import LEVEL, Comparison

HOLM_MARK = "†"
BONFERRONI_MARK = "‡"
LEGEND = f"{HOLM_MARK} differs from {{baseline}} (paired t-test, p < {LEVEL} after Holm's correction), {BONFERRONI_MARK} after Bonferroni's too; {{tests}} comparisons a measure"
NO_GROUPS: Mapping[str, str] = MappingProxyType({})
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A score from 0 to 1, None where there is no run, and its mark of significance."""

    score: float | None
    mark: str = ""

    def __str__(self) -> str:
        return _NONE if self.score is None else f"{100 * self.score:.1f}{self.mark}"


@dataclass(frozen=True, slots=True)
class Table:
    """One measure of all systems; scores in percent."""

    measure: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Cell, ...]]

    @property
    def grid(self) -> list[list[str]]:
        """The header and the rows as text."""
        return [[self.measure, *self.columns], *([system, *map(str, cells)] for system, cells in self.rows.items())]


def build_table(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    comparisons: Sequence[Comparison] = (),
    *,
    families: bool = False,
    groups: Mapping[str, str] = NO_GROUPS,
) -> Table:
    """Arrange one measure: languages by code, then (when asked) groups of queries and families, then macro and micro average.

    :param groups: query id -> its group.

    A system without a run in one of the languages gets no averages: they would not be comparable.
    """
    languages = sorted({code for by_language in systems.values() for code in by_language})
    marks = {(test.system, test.language): mark(test) for test in comparisons if test.measure == measure}
    averages: dict[str, dict[str, float]] = {system: averages_of(found, languages, measure, families, groups) for system, found in systems.items()}
    columns = (*languages, *dict.fromkeys(name for names in averages.values() for name in names))
    rows = {}
    for system, found in systems.items():
        cells = [Cell(found[code].mean(measure), marks.get((system, code), "")) if code in found else Cell(None) for code in languages]
        rows[system] = (*cells, *(Cell(averages[system].get(name)) for name in columns[len(languages) :]))
    return Table(measure, columns, rows)


def averages_of(
    found: Mapping[str, RunScores], languages: Sequence[str], measure: str, families: bool, groups: Mapping[str, str] = NO_GROUPS
) -> dict[str, float]:
    """The averages by column name; none where a language is missing, and for a single language those over groups alone."""
    if len(found) < len(languages):
        return {}
    ordered = {code: found[code] for code in languages}
    by_group = group_means(ordered, measure, groups)
    if len(languages) < 2:
        return by_group
    return {**by_group, **(family_means(ordered, measure) if families else {}), MACRO: macro(ordered, measure), MICRO: micro(ordered, measure)}


def mark(test: Comparison) -> str:
    """The mark of a comparison: Bonferroni's correction is the stricter one."""
    if test.p_bonferroni < LEVEL:
        return BONFERRONI_MARK
    return HOLM_MARK if test.p_holm < LEVEL else ""


def as_text(table: Table) -> str:
    """The table for a terminal: columns aligned, figures by their decimal point."""
    grid = table.grid
    marked = [any(row[column].endswith((HOLM_MARK, BONFERRONI_MARK)) for row in grid[1:]) for column in range(len(grid[0]))]
    padded = [[_room(cell, column, marked[column]) for column, cell in enumerate(row)] for row in grid]
    widths = [max(map(len, column)) for column in zip(*padded, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{'>' if n else '<'}{width}}" for n, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in padded
    )


def _room(cell: str, column: int, marked: bool) -> str:
    return f"{cell} " if column and marked and not cell.endswith((HOLM_MARK, BONFERRONI_MARK)) else cell


def as_markdown(table: Table) -> str:
    """The table as Markdown."""
    header, *rows = ([cell.replace("|", "\\|") for cell in row] for row in table.grid)
    ruler = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ruler, *rows))
