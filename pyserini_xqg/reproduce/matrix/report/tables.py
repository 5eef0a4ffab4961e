"""The tables of a matrix's report."""

from __future__ import annotations

from pyserini_xqg.evaluate.scoring.scores import MACRO, MICRO
from pyserini_xqg.evaluate.statistics.significance import LEVEL, Comparison, PairedTest
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.report.marks import letters_in_rows
from pyserini_xqg.report.model import Cell, Column, Table, Tone
from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult, Score, ScoreVerdict
from pyserini_xqg.reproduce.matrix.statistics import Statistics

_TONES = {
    ScoreVerdict.OK: Tone.GOOD,
    ScoreVerdict.WRONG: Tone.BAD,
    ScoreVerdict.FAILED: Tone.BAD,
    ScoreVerdict.NOT_RUN: Tone.QUIET,
    ScoreVerdict.UNCHECKED: Tone.QUIET,
}


def score_table(found: MatrixResult, statistics: Statistics, measure: str) -> Table:
    """One measure: a row a condition, a column a topic key, then the average, whether all was as expected, and what it
    took.
    """
    keys = list(dict.fromkeys(topics.key for outcome in found.outcomes for topics in outcome.condition.asked))
    columns = [*keys, *([MACRO] if len(keys) > 1 else [])]
    letters = statistics.evaluation.letters.get(measure)
    rows = {outcome.condition.name: _scores(outcome, measure, keys, columns) for outcome in found.outcomes}
    best = {
        key: max((cell.value for cells in rows.values() if (cell := cells[key]).value is not None), default=None)
        for key in columns
    }
    lines = []
    for outcome in found.outcomes:
        name = outcome.condition.name
        cells = [
            Cell(
                cell.text,
                cell.value,
                Tone.BAD
                if cell.tone is Tone.BAD
                else Tone.BEST
                if cell.value is not None and cell.value == best[key]
                else cell.tone,
                letters.better.get((name, key), "") if letters else "",
                cell.note,
            )
            for key, cell in rows[name].items()
        ]
        letter = letters.names.get(name, "") if letters else ""
        display = outcome.condition.display
        lines.append(
            (Cell(f"{letter} · {display}" if letter else display), *cells, _verdict(outcome), *_costs(outcome))
        )
    figures = tuple(
        Column(key, note=LANGUAGES[key].name if key in LANGUAGES else "mean over the languages" if key == MACRO else "")
        for key in columns
    )
    costs = (
        Column("s", note="seconds of its own commands, starting Pyserini included"),
        Column("MB", note="largest memory"),
        Column("index MB"),
    )
    explained = letters_in_rows(rows="conditions", test=PairedTest.T.called)
    caption = f"Percent. {explained} The largest score of a column is set off."
    return Table(
        measure,
        (Column("condition", figures=False), *figures, Column("checked", figures=False), *costs),
        tuple(lines),
        caption if letters else "Percent.",
    )


def _scores(outcome: ConditionOutcome, measure: str, keys: list[str], columns: list[str]) -> dict[str, Cell]:
    mine = {score.key: score for score in outcome.scores if score.measure == measure}
    cells = {key: _cell(mine.get(key)) for key in keys}
    if MACRO in columns:
        values = [cell.value for cell in cells.values() if cell.value is not None]
        whole = sum(values) / len(values) if len(values) == len(keys) else None
        cells[MACRO] = (
            _cell(mine[MACRO]) if MACRO in mine else Cell(NONE) if whole is None else Cell(f"{whole:.1f}", whole)
        )
    return cells


def _cell(score: Score | None) -> Cell:
    if score is None:
        return Cell(NONE)
    if score.measured is None:
        return Cell(NONE, tone=Tone.QUIET)
    value = 100 * score.measured
    if score.verdict is ScoreVerdict.WRONG and score.expected is not None:
        return Cell(f"{value:.1f}!", value, Tone.BAD, note=f"expected {100 * score.expected:.1f}")
    return Cell(f"{value:.1f}", value)


def _verdict(outcome: ConditionOutcome) -> Cell:
    return Cell(str(outcome.verdict), tone=_TONES[outcome.verdict], note=outcome.reason)


def _costs(outcome: ConditionOutcome) -> tuple[Cell, ...]:
    return tuple(
        Cell(NONE) if value is None else Cell(f"{value:,.{digits}f}", value)
        for value, digits in ((outcome.seconds, 0), (outcome.peak_mb, 0), (outcome.index_mb, 1))
    )


def difference_table(found: MatrixResult, statistics: Statistics, measure: str) -> Table:
    """Each condition against the baseline, by language and over all: difference, interval, both tests, power."""
    displays = {outcome.condition.name: outcome.condition.display for outcome in found.outcomes}
    powers = {
        (one.system, one.language): one.detectable for one in statistics.evaluation.powers if one.measure == measure
    }
    tests = [
        one
        for one in (*statistics.evaluation.comparisons, *statistics.evaluation.overall)
        if one.measure == measure and one.language != MICRO
    ]
    columns = (
        Column("condition", figures=False),
        Column("language", figures=False),
        Column("difference"),
        Column("95% from"),
        Column("to"),
        Column("p (t)", note="paired t-test, after Holm's correction"),
        Column("p (randomisation)", note="paired randomisation test, after Holm's correction"),
        Column("could show", note="the smallest difference that would have been found four times in five"),
    )
    rows = tuple(_difference(one, displays, statistics, powers.get((one.system, one.language))) for one in tests)
    baseline = displays.get(found.matrix.baseline, found.matrix.baseline)
    return Table(
        f"{measure}: differences from “{baseline}”", columns, rows, "Points. Differences with p below 0.05 are set off."
    )


def _difference(
    one: Comparison, displays: dict[str, str], statistics: Statistics, detectable: float | None
) -> tuple[Cell, ...]:
    gain = statistics.gain(one.measure, one.system, one.language)
    low, high = (gain.low, gain.high) if gain is not None else (None, None)
    significant = one.p_holm < LEVEL
    tone = (Tone.GOOD if one.difference > 0 else Tone.BAD) if significant else Tone.PLAIN
    randomised = one.randomised.p_holm if one.randomised is not None else None
    return (
        Cell(displays[one.system]),
        Cell(one.language),
        Cell(f"{100 * one.difference:+.1f}", one.difference, tone),
        points(low),
        points(high),
        Cell(_p(one.p_holm), one.p_holm),
        Cell(NONE) if randomised is None else Cell(_p(randomised), randomised),
        Cell(NONE) if detectable is None else Cell(f"{100 * detectable:.1f}", detectable),
    )


def points(value: float | None) -> Cell:
    """A difference of scores from 0 to 1, in points; a dash where there is none."""
    return Cell(NONE) if value is None else Cell(f"{100 * value:+.1f}", value)


def _p(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else f"{value:.4f}"
