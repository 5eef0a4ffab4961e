"""Tables of scores: a row a system, a column a language, then the averages; for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO, RunScores, family_means, group_means, macro, micro
from pyserini_xqg.evaluate.statistics.letters import SUPERSCRIPTS, Letters
from pyserini_xqg.evaluate.statistics.significance import LEVEL, Comparison, PairedTest

HOLM_MARK = "†"
BONFERRONI_MARK = "‡"
MARKS = re.compile(f"[{HOLM_MARK}{BONFERRONI_MARK}{''.join(SUPERSCRIPTS.values())}]+$")
"""What stands behind a figure."""
LEGEND = (
    f"{HOLM_MARK} differs from {{baseline}} ({{test}}, p < {LEVEL} after Holm's correction), "
    f"{BONFERRONI_MARK} after Bonferroni's too; {{tests}} comparisons a measure"
)
NO_GROUPS: Mapping[str, str] = MappingProxyType({})
NONE = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A score from 0 to 1, None where there is no run, and its mark of significance."""

    score: float | None
    mark: str = ""

    def __str__(self) -> str:
        return NONE if self.score is None else f"{100 * self.score:.1f}{self.mark}"


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
    *,
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    comparisons: Sequence[Comparison] = (),
    families: bool = False,
    groups: Mapping[str, str] = NO_GROUPS,
    letters: Letters | None = None,
    test: PairedTest = PairedTest.T,
) -> Table:
    """Arrange one measure: languages by code, then (when asked) groups of queries and families, then macro and micro
    average.

    :param groups: query id -> its group.
    :param letters: raised behind the scores, and before the systems' names.
    :param test: which test the marks of ``comparisons`` go by.

    A system without a run in one of the languages gets no averages: they would not be comparable.
    """
    languages = sorted({code for by_language in systems.values() for code in by_language})
    marks = {(one.system, one.language): mark(one, test) for one in comparisons if one.measure == measure}
    averages: dict[str, dict[str, float]] = {
        system: averages_of(found, languages, measure, families, groups) for system, found in systems.items()
    }
    columns = (*languages, *dict.fromkeys(name for names in averages.values() for name in names))

    def cell(system: str, column: str) -> Cell:
        if column in languages:
            score = systems[system][column].mean(measure) if column in systems[system] else None
        else:
            score = averages[system].get(column)
        raised = letters.superscript(system, column) if letters is not None else ""
        return Cell(score, marks.get((system, column), "") + raised)

    names = {system: f"{letters.names[system]} {system}" if letters is not None else system for system in systems}
    return Table(
        measure, columns, {names[system]: tuple(cell(system, column) for column in columns) for system in systems}
    )


def averages_of(
    found: Mapping[str, RunScores],
    languages: Sequence[str],
    measure: str,
    families: bool,
    groups: Mapping[str, str] = NO_GROUPS,
) -> dict[str, float]:
    """The averages by column name; none where a language is missing, and for a single language those over groups
    alone.
    """
    if len(found) < len(languages):
        return {}
    ordered = {code: found[code] for code in languages}
    by_group = group_means(ordered, measure, groups)
    if len(languages) < 2:
        return by_group
    return {
        **by_group,
        **(family_means(ordered, measure) if families else {}),
        MACRO: macro(ordered, measure),
        MICRO: micro(ordered, measure),
    }


def mark(comparison: Comparison, test: PairedTest = PairedTest.T) -> str:
    """The mark of a comparison: Bonferroni's correction is the stricter one."""
    corrected = comparison.corrected(test)
    if corrected.p_bonferroni < LEVEL:
        return BONFERRONI_MARK
    return HOLM_MARK if corrected.p_holm < LEVEL else ""


def as_text(table: Table) -> str:
    """The table for a terminal: columns aligned, figures by their decimal point."""
    return aligned(table.grid)


def as_markdown(table: Table) -> str:
    """The table as Markdown."""
    return in_markdown(table.grid)


def aligned(grid: Sequence[Sequence[str]]) -> str:
    """A header and rows for a terminal: the first column's words to the left, figures by their decimal point, room for
    their marks.
    """
    room = [max(map(_marks, column)) if number else 0 for number, column in enumerate(zip(*grid, strict=True))]
    padded = [
        [cell + " " * (room[column] - _marks(cell)) if column else cell for column, cell in enumerate(row)]
        for row in grid
    ]
    widths = [max(map(len, column)) for column in zip(*padded, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:{'>' if n else '<'}{width}}" for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in padded
    )


def _marks(cell: str) -> int:
    found = MARKS.search(cell)
    return len(found[0]) if found else 0


def in_markdown(grid: Sequence[Sequence[str]]) -> str:
    """A header and rows as Markdown."""
    header, *rows = ([cell.replace("|", "\\|") for cell in row] for row in grid)
    ruler = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ruler, *rows))
