"""The second table of a measure: each score and each difference from the baseline with its interval."""

from __future__ import annotations

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.tables import NONE, mark
from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO
from pyserini_xqg.evaluate.statistics.bootstrap import LEVEL
from pyserini_xqg.evaluate.statistics.intervals import Interval


def interval_grid(found: Evaluation, measure: str) -> list[list[str]]:
    """A header, and a row a language and average: a column a system, then a column a difference from the baseline.

    Unlike in the first table, differences of averages are tested here, too.
    """
    mine = {(one.system, one.baseline, one.language): one for one in found.intervals if one.measure == measure}
    marks = {
        (one.system, one.language): mark(one, found.test)
        for one in (*found.comparisons, *found.overall)
        if one.measure == measure
    }
    others = [system for system in found.scores if system != found.baseline] if found.baseline is not None else []
    rows = dict.fromkeys(
        [*found.languages, *(name for name in (MACRO, MICRO) if any(place[2] == name for place in mine))]
    )
    grid = [[f"{measure}, {LEVEL}% intervals", *found.scores, *(f"Δ {system}" for system in others)]]
    for row in rows:
        scores = [_cell(mine.get((system, None, row)), signed=False) for system in found.scores]
        differences = [
            _cell(mine.get((system, found.baseline, row)), signed=True) + marks.get((system, row), "")
            for system in others
        ]
        grid.append([row, *scores, *differences])
    return grid


def interval_legend(found: Evaluation) -> str:
    """How to read the table."""
    differences = (
        f"; Δ: less {found.baseline}, in points" if found.baseline is not None and len(found.scores) > 1 else ""
    )
    return (
        "Intervals: percentile bootstrap over clusters of queries, the same draws for all systems and "
        f"languages{differences}"
    )


def _cell(one: Interval | None, *, signed: bool) -> str:
    if one is None:
        return NONE
    ends = (
        NONE
        if one.low is None or one.high is None
        else f"({_hundred(one.low, signed)} to {_hundred(one.high, signed)})"
    )
    return f"{_hundred(one.value, signed)} {ends}"


def _hundred(value: float, signed: bool) -> str:
    text = f"{100 * value:{'+' if signed else ''}.1f}"
    return "0.0" if float(text) == 0 else text
