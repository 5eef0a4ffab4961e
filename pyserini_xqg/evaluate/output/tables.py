"""Tables of scores: a row a system, a column a language, then the averages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO, RunScores, family_means, group_means, macro, micro
from pyserini_xqg.evaluate.statistics.letters import Letters
from pyserini_xqg.evaluate.statistics.significance import LEVEL, Comparison, PairedTest
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Table, table_of
from pyserini_xqg.report.numbers import NONE, percent

NO_GROUPS: Mapping[str, str] = MappingProxyType({})


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
    """Arrange one measure, in percent: languages by code, then (when asked) groups of queries and families, then macro
    and micro average.

    :param groups: query id -> its group.
    :param letters: raised behind the scores, and before the systems' names.
    :param test: which test the marks of ``comparisons`` go by.

    A system without a run in one of the languages gets no averages: they would not be comparable.
    """
    languages = sorted({code for by_language in systems.values() for code in by_language})
    marks = {(one.system, one.language): mark_of(one, test) for one in comparisons if one.measure == measure}
    averages: dict[str, dict[str, float]] = {
        system: averages_of(found, languages, measure, families, groups) for system, found in systems.items()
    }
    columns = (*languages, *dict.fromkeys(name for names in averages.values() for name in names))

    def cell(system: str, column: str) -> Cell:
        if column in languages:
            score = systems[system][column].mean(measure) if column in systems[system] else None
        else:
            score = averages[system].get(column)
        if score is None:
            return Cell(NONE)
        better = letters.better.get((system, column), "") if letters is not None else ""
        return Cell(percent(score), 100 * score, letters=better, mark=marks.get((system, column), Mark.NONE))

    names = {system: f"{letters.names[system]} {system}" if letters is not None else system for system in systems}
    rows = [[Cell(names[system]), *(cell(system, column) for column in columns)] for system in systems]
    return table_of(f"{measure} in percent", (measure, *columns), 1, [rows])


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


def mark_of(comparison: Comparison, test: PairedTest = PairedTest.T) -> Mark:
    """The mark of a comparison: Bonferroni's correction is the stricter one."""
    corrected = comparison.corrected(test)
    if corrected.p_bonferroni < LEVEL:
        return Mark.BONFERRONI
    return Mark.HOLM if corrected.p_holm < LEVEL else Mark.NONE
