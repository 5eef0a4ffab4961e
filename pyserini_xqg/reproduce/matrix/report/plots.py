"""The plots of a matrix's report: what its conditions' settings make it possible to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pyserini_xqg.evaluate.scoring.scores import MACRO
from pyserini_xqg.evaluate.statistics.intervals import Interval
from pyserini_xqg.evaluate.statistics.significance import LEVEL
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.curve import Series, curve
from pyserini_xqg.report.plots.drops import Drop, drops
from pyserini_xqg.report.plots.gains import Gain, gains
from pyserini_xqg.report.plots.style import language_name
from pyserini_xqg.report.plots.tradeoff import Point, tradeoff
from pyserini_xqg.reproduce.matrix.names import runs_in
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult
from pyserini_xqg.reproduce.matrix.statistics import Statistics

_ENOUGH = 3
"""Points that a curve must have."""
_USUAL_ALPHA = "0.3"
"""Of the conditions over which alpha varies, the one whose gains are drawn."""
_COMPARED = 3
"""Conditions at most whose gains are drawn."""


@dataclass(frozen=True, slots=True)
class _Plots:
    """One measure, over all languages unless said otherwise.

    :param key: where scores over all languages stand: ``macro``, or the only language.
    """

    found: MatrixResult
    statistics: Statistics
    measure: str
    key: str

    def score(self, outcome: ConditionOutcome) -> Interval | None:
        return self.statistics.score(self.measure, outcome.condition.name, self.key)


def plots(found: MatrixResult, statistics: Statistics, measure: str) -> list[Drawing]:
    """Everything that can be drawn of one measure."""
    keys = {topics.key for outcome in found.outcomes for topics in outcome.condition.asked}
    drawn = _Plots(found, statistics, measure, MACRO if len(keys) > 1 else next(iter(keys)))
    return [*_alphas(drawn), *_numbers(drawn), *_gains(drawn), *_drops(drawn), *_costs(drawn)]


def _ran(drawn: _Plots) -> list[ConditionOutcome]:
    return [outcome for outcome in drawn.found.outcomes if outcome.condition.name in drawn.found.scores]


def _plain(outcome: ConditionOutcome) -> bool:
    return not outcome.condition.clean and not outcome.condition.asks


def _alphas(drawn: _Plots) -> Iterator[Drawing]:
    by_fusion: dict[str, list[tuple[float, Interval]]] = {}
    for outcome in filter(_plain, _ran(drawn)):
        settings = outcome.condition.settings
        score = drawn.score(outcome)
        if score is not None and {"alpha", "fusion"} <= settings.keys() and "queries_per_language" not in settings:
            by_fusion.setdefault(settings["fusion"], []).append((float(settings["alpha"]), score))
    series = [_series(fusion, points) for fusion, points in by_fusion.items() if len(points) >= _ENOUGH]
    if series:
        yield curve(f"{drawn.measure} over α", "α, the weight of the queries", f"{drawn.measure}, percent", series)


def _numbers(drawn: _Plots) -> Iterator[Drawing]:
    by_fusion: dict[str, list[tuple[float, Interval]]] = {}
    none: list[tuple[float, Interval]] = []
    for outcome in filter(_plain, _ran(drawn)):
        settings = outcome.condition.settings
        score = drawn.score(outcome)
        if score is None:
            continue
        if "queries_per_language" in settings:
            by_fusion.setdefault(settings.get("fusion", Recipe().fusion), []).append(
                (float(settings["queries_per_language"]), score)
            )
        elif outcome.condition.name == drawn.found.matrix.baseline:
            none.append((0.0, score))
    series = [_series(fusion, none + points) for fusion, points in by_fusion.items() if len(none + points) >= _ENOUGH]
    if series:
        yield curve(
            f"{drawn.measure} over the number of queries",
            "queries a passage and language; 0: no augmentation",
            f"{drawn.measure}, percent",
            series,
        )


def _series(name: str, points: list[tuple[float, Interval]]) -> Series:
    points = sorted(points, key=lambda point: point[0])
    scores = [score for _, score in points]
    xs, ys = tuple(x for x, _ in points), tuple(100 * score.value for score in scores)
    if any(score.low is None or score.high is None for score in scores):
        return Series(name, xs, ys)
    return Series(
        name,
        xs,
        ys,
        tuple(100 * (score.low or 0.0) for score in scores),
        tuple(100 * (score.high or 0.0) for score in scores),
    )


def _gains(drawn: _Plots) -> Iterator[Drawing]:
    baseline = drawn.found.matrix.baseline
    ran = [outcome for outcome in filter(_plain, _ran(drawn)) if outcome.condition.name != baseline]
    others = [one for one in ran if "queries_per_language" not in one.condition.settings]
    augmented = [
        one
        for one in others
        if "fusion" in one.condition.settings and one.condition.settings.get("alpha") == _USUAL_ALPHA
    ]
    for outcome in (augmented or others)[:_COMPARED]:
        rows = [*_language_rows(drawn, outcome), *_family_rows(drawn, outcome)]
        if rows:
            yield gains(
                f"{drawn.measure}: what “{outcome.condition.display}” gains, by language and family",
                f"{drawn.measure}, points",
                rows,
            )


def _language_rows(drawn: _Plots, outcome: ConditionOutcome) -> Iterator[Gain]:
    name = outcome.condition.name
    tests = [
        one for one in drawn.statistics.evaluation.comparisons if (one.measure, one.system) == (drawn.measure, name)
    ]
    significant = {one.language for one in tests if one.p_holm < LEVEL}
    for key in sorted((topics.key for topics in outcome.condition.asked), key=lambda key: (_family(key), key)):
        label = language_name(key)
        yield from _row(
            label, _family(key), drawn.statistics.gain(drawn.measure, name, key), significant=key in significant
        )


def _family_rows(drawn: _Plots, outcome: ConditionOutcome) -> Iterator[Gain]:
    for family, found in drawn.statistics.families.get(drawn.measure, {}).items():
        for gain in found:
            if gain.system == outcome.condition.name:
                yield from _row(family, "families", gain, significant=(gain.low or 0.0) > 0 or (gain.high or 0.0) < 0)


def _family(key: str) -> str:
    return LANGUAGES[key].family if key in LANGUAGES else ""


def _row(label: str, group: str, gain: Interval | None, *, significant: bool) -> Iterator[Gain]:
    """The row of a gain that has an interval."""
    if gain is not None and gain.low is not None and gain.high is not None:
        yield Gain(label, group, 100 * gain.value, 100 * gain.low, 100 * gain.high, significant)


def _drops(drawn: _Plots) -> Iterator[Drawing]:
    by_name = {outcome.condition.name: outcome for outcome in _ran(drawn)}
    rows = []
    for outcome in by_name.values():
        clean = by_name.get(outcome.condition.clean)
        before, after = (drawn.score(clean) if clean else None), drawn.score(outcome)
        if clean is not None and before is not None and after is not None:
            rows.append(Drop(clean.condition.display, 100 * before.value, 100 * after.value))
    if rows:
        yield drops(f"{drawn.measure}: what misspellings cost", f"{drawn.measure}, percent", rows)


def _costs(drawn: _Plots) -> Iterator[Drawing]:
    compared = drawn.found.matrix.compared
    outcomes = [one for one in filter(_plain, _ran(drawn)) if not compared or one.condition.name in compared]
    yield from _cost(
        drawn,
        "disk",
        "all its indexes, MB",
        [(one, _with_runs(drawn, one, lambda used: used.index_mb)) for one in outcomes],
    )
    yield from _cost(
        drawn,
        "time",
        "seconds of all its searches, starting Pyserini included",
        [(one, _with_runs(drawn, one, lambda used: used.seconds)) for one in outcomes],
    )


def _with_runs(
    drawn: _Plots, outcome: ConditionOutcome, price: Callable[[ConditionOutcome], float | None]
) -> float | None:
    """What a condition takes together with those whose runs it uses."""
    by_name = {one.condition.name: one for one in drawn.found.outcomes}
    used = [_with_runs(drawn, by_name[name], price) for name in runs_in(outcome.condition.command)]
    prices = [one for one in (price(outcome), *used) if one is not None]
    return sum(prices) if prices and None not in used else None


def _cost(
    drawn: _Plots, what: str, label: str, priced: Sequence[tuple[ConditionOutcome, float | None]]
) -> Iterator[Drawing]:
    points = [
        Point(outcome.condition.display, price, 100 * score.value)
        for outcome, price in priced
        if price is not None and (score := drawn.score(outcome)) is not None
    ]
    if len(points) >= _ENOUGH:
        yield tradeoff(f"{drawn.measure} and {what}", label, f"{drawn.measure}, percent", points)
