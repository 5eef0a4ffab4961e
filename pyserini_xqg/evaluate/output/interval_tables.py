"""The second table of a measure: each score and each difference from the baseline with its interval."""

from __future__ import annotations

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.tables import mark_of
from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO
from pyserini_xqg.evaluate.statistics.bootstrap import LEVEL
from pyserini_xqg.evaluate.statistics.intervals import Interval
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Table, table_of
from pyserini_xqg.report.numbers import NONE, interval, percent


def interval_table(found: Evaluation, measure: str) -> Table:
    """A row a language and average: a column a system, then a column a difference from the baseline.

    Unlike in the first table, differences of averages are tested here, too.
    """
    mine = {(one.system, one.baseline, one.language): one for one in found.intervals if one.measure == measure}
    marks = {
        (one.system, one.language): mark_of(one, found.test)
        for one in (*found.comparisons, *found.overall)
        if one.measure == measure
    }
    others = [system for system in found.scores if system != found.baseline] if found.baseline is not None else []
    names = dict.fromkeys(
        [*found.languages, *(name for name in (MACRO, MICRO) if any(place[2] == name for place in mine))]
    )
    rows = [
        [
            Cell(name),
            *(_score(mine.get((system, None, name))) for system in found.scores),
            *(
                _difference(mine.get((system, found.baseline, name)), marks.get((system, name), Mark.NONE))
                for system in others
            ),
        ]
        for name in names
    ]
    title = f"{measure}, {LEVEL}% intervals"
    return table_of(f"{title} in percent", (title, *found.scores, *(f"Δ {system}" for system in others)), 1, [rows])


def interval_legend(found: Evaluation) -> str:
    """How to read the table."""
    differences = (
        f"; Δ: less {found.baseline}, in points" if found.baseline is not None and len(found.scores) > 1 else ""
    )
    return (
        "Intervals: percentile bootstrap over clusters of queries, the same draws for all systems and "
        f"languages{differences}"
    )


def _score(one: Interval | None) -> Cell:
    if one is None:
        return Cell(NONE)
    return Cell(f"{percent(one.value)} {interval(one.low, one.high)}", one.value)


def _difference(one: Interval | None, mark: Mark) -> Cell:
    if one is None:
        return Cell(NONE, mark=mark)
    return Cell(f"{percent(one.value, signed=True)} {interval(one.low, one.high, signed=True)}", one.value, mark=mark)
