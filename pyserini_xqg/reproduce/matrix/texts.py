"""What a matrix came to, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from statistics import fmean

from pyserini_xqg.evaluate.statistics.intervals import Interval
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.model import Table, table_of
from pyserini_xqg.report.numbers import NONE, percent
from pyserini_xqg.reproduce.matrix.model import MACRO
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult, Score, ScoreVerdict

_DIGITS = 4


def to_text(found: MatrixResult) -> str:
    """A table a measure, the claims, what was wrong, failed or not run, and a last line that sums it up."""
    return "\n".join(
        [
            *(f"{aligned(table)}\n" for table in tables(found)),
            *(f"{text}\n" for text in _claims(found)),
            *complaints(found),
            *_noted(found),
            summary(found),
        ]
    )


def _claims(found: MatrixResult) -> Iterator[str]:
    """Each claim with what others saw, and its comparisons."""
    displays = {one.name: one.display for one in found.matrix.conditions}
    for claim, group in groupby(found.claims, key=lambda pair: pair.claim):
        pairs = list(group)
        elsewhere = f"\n  elsewhere: {claim.elsewhere}" if claim.elsewhere else ""
        rows = [
            (
                f"  {displays[one.better]} over {displays[one.than]}",
                _difference(one.difference),
                str(one.holds),
                " ".join(one.gains) or NONE,
                " ".join(one.losses) or NONE,
            )
            for one in pairs
        ]
        header = (f"  {pairs[0].measure}", "difference", "holds", "gains", "loses")
        yield f"{claim.says}{elsewhere}\n{aligned(table_of('', header, len(header), [rows]))}"


def _difference(one: Interval | None) -> str:
    if one is None:
        return NONE
    ends = "" if one.low is None or one.high is None else f" ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
    return f"{100 * one.value:+.1f}{ends}"


def tables(found: MatrixResult) -> list[Table]:
    """One table a measure: a row a condition, a column a topic key; percent; a score that is not the expected one
    beside it.
    """
    keys = list(dict.fromkeys(topics.key for outcome in found.outcomes for topics in outcome.condition.asked))
    return [_table(found, measure, keys) for measure in found.matrix.measures]


def _table(found: MatrixResult, measure: str, keys: list[str]) -> Table:
    average = [MACRO] if len(keys) > 1 else []
    rows = []
    for outcome in found.outcomes:
        mine = {score.key: score for score in outcome.scores if score.measure == measure}
        cells = [_cell(mine.get(key)) for key in keys]
        measured = [mine[key].measured for key in keys if key in mine]
        whole = [value for value in measured if value is not None]
        mean = fmean(whole) if len(whole) == len(keys) else None
        rows.append(
            (
                outcome.condition.display,
                *cells,
                *([percent(mean)] if average else []),
                str(outcome.verdict),
                *_cost(outcome),
            )
        )
    return table_of(measure, (measure, *keys, *average, "checked", "s", "MB"), 1, [rows])


def _cell(score: Score | None) -> str:
    if score is None:
        return NONE
    text = percent(score.measured)
    return f"{text} (not {percent(score.expected)})" if score.verdict is ScoreVerdict.WRONG else text


def _cost(outcome: ConditionOutcome) -> tuple[str, str]:
    return (
        NONE if outcome.seconds is None else f"{outcome.seconds:,.0f}",
        NONE if outcome.peak_mb is None else f"{outcome.peak_mb:,.0f}",
    )


def complaints(found: MatrixResult) -> Iterator[str]:
    """A line for each score that is wrong, and each condition that failed or was not run."""
    for outcome in found.outcomes:
        name = outcome.condition.name
        if outcome.reason:
            yield f"{outcome.verdict}: {name}: {outcome.reason}"
            continue
        for score in outcome.scores:
            if score.verdict is ScoreVerdict.WRONG and score.measured is not None and score.expected is not None:
                yield (
                    f"wrong: {name}, {score.key}: {score.measure} is {score.measured:.{_DIGITS}f}, expected "
                    f"{score.expected:.{_DIGITS}f} (tolerance {score.tolerance:g})"
                )


def _noted(found: MatrixResult) -> Iterator[str]:
    count = sum(len(outcome.notes) for outcome in found.outcomes)
    if count:
        yield f"{count:,} notes on runs (queries without an answer, ties, …) are in results.json and in a report"


def summary(found: MatrixResult) -> str:
    """One line: how many scores are as expected, and how many are not."""
    scores = [score for outcome in found.outcomes for score in outcome.scores if score.expected is not None]
    counts = {verdict: sum(score.verdict is verdict for score in scores) for verdict in ScoreVerdict}
    parts = [f"{counts[ScoreVerdict.OK]:,} of {len(scores):,} scores are as expected"]
    parts += [f"{counts[verdict]:,} {word}" for verdict, word in _WORDS.items() if counts[verdict]]
    return f"{found.matrix.name}: {', '.join(parts)}"


_WORDS = {ScoreVerdict.WRONG: "wrong", ScoreVerdict.FAILED: "failed", ScoreVerdict.NOT_RUN: "not run"}
