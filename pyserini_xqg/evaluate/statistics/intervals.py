"""Bootstrap intervals of scores and of differences from a baseline, by language and over all languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.bootstrap import interval, mean_defined, resampled_totals
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.paired import Average
from pyserini_xqg.evaluate.statistics.pairs import check_baseline
from pyserini_xqg.evaluate.statistics.randomisation import Draws

RESAMPLES = 10_000
_FEW = 20
"""Percentile intervals from fewer clusters are too narrow to be relied upon."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean score, or a difference of two, with its 95% interval.

    :param language: a language's code, or ``macro`` or ``micro``.
    :param baseline: the system whose score was taken away; None for the score itself.
    :param low: its lower end; None, as the upper one, where there is a single cluster of queries.
    :param clusters: how many clusters its queries are.
    """

    measure: str
    system: str
    language: str
    baseline: str | None
    value: float
    low: float | None
    high: float | None
    clusters: int


def intervals(
    systems: Mapping[str, Mapping[str, RunScores]],
    measure: str,
    baseline: str | None = None,
    clusters: Clusters | None = None,
    draws: Draws = Draws(RESAMPLES),  # noqa: B008 - frozen
) -> tuple[Interval, ...]:
    """Draw clusters of queries over all languages at once, the same for all systems, so that differences are paired.

    :param systems: system -> language -> scores, scored on the same queries.
    :param clusters: None draws query ids, each with its translations of the same id.
    :raises UsageError: a system was scored on other queries than another, or the baseline is not there.
    """
    if baseline is not None:
        check_baseline(systems, baseline)
    return tuple(_all(systems, measure, baseline, _drawn(systems, measure, clusters, draws)))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Means as measured, then resampled, each float ``[1 + resamples]``: ``(system, language)`` -> mean; language ->
    number of clusters.
    """

    means: Mapping[tuple[str, str], np.ndarray]
    clusters: Mapping[str, int]


def _drawn(
    systems: Mapping[str, Mapping[str, RunScores]], measure: str, clusters: Clusters | None, draws: Draws
) -> _Drawn:
    qids = _queries(systems, measure)
    keys = {code: [qid if clusters is None else clusters[code][qid] for qid in mine] for code, mine in qids.items()}
    used = np.unique(np.concatenate([*map(np.array, keys.values())]))
    numbers = {code: np.searchsorted(used, np.array(mine)) for code, mine in keys.items()}
    places = [(system, code) for system, languages in systems.items() for code in languages]
    sizes = np.stack([np.bincount(mine, minlength=len(used)) for mine in numbers.values()], axis=1)
    sums = np.stack(
        [
            np.bincount(
                numbers[code],
                [systems[system][code].per_query[measure][qid] for qid in qids[code]],
                minlength=len(used),
            )
            for system, code in places
        ],
        axis=1,
    )
    totals = resampled_totals(np.concatenate([sizes, sums], axis=1), draws.resamples, draws.seed)
    counted = dict(zip(numbers, totals.T, strict=False))
    summed = dict(zip(places, totals.T[len(numbers) :], strict=True))
    with np.errstate(invalid="ignore"):  # a resample without a query of a small language has no mean there: 0/0, NaN
        means = {place: mine / counted[place[1]] for place, mine in summed.items()}
    whole = [system for system, languages in systems.items() if len(languages) == len(qids) > 1]
    everything = sum(counted.values())
    for system in whole:
        means[system, Average.MACRO] = mean_defined(np.stack([means[system, code] for code in qids]))
        means[system, Average.MICRO] = sum(summed[system, code] for code in qids) / everything
    distinct = {code: len(np.unique(mine)) for code, mine in numbers.items()}
    return _Drawn(means, distinct | dict.fromkeys(Average, len(used)))


def _queries(systems: Mapping[str, Mapping[str, RunScores]], measure: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for system, languages in systems.items():
        for code, scores in languages.items():
            qids = found.setdefault(code, list(scores.per_query[measure]))
            if set(qids) != scores.per_query[measure].keys():
                raise UsageError(
                    f"{system!r} was scored on different queries in {code!r} than other systems; score all against "
                    "the same judgments"
                )
    return dict(sorted(found.items()))


def _all(
    systems: Mapping[str, Mapping[str, RunScores]], measure: str, baseline: str | None, drawn: _Drawn
) -> Iterator[Interval]:
    for system in systems:
        for code in drawn.clusters:
            if (system, code) not in drawn.means:
                continue
            mine = drawn.means[system, code]
            yield _interval(
                measure=measure, system=system, code=code, baseline=None, values=mine, clusters=drawn.clusters[code]
            )
            if baseline is not None and baseline != system and (baseline, code) in drawn.means:
                yield _interval(
                    measure=measure,
                    system=system,
                    code=code,
                    baseline=baseline,
                    values=mine - drawn.means[baseline, code],
                    clusters=drawn.clusters[code],
                )


def _interval(
    *, measure: str, system: str, code: str, baseline: str | None, values: np.ndarray, clusters: int
) -> Interval:
    low, high = (interval(values[1:]) if clusters > 1 else None) or (None, None)
    return Interval(measure, system, str(code), baseline, float(values[0]), low, high, clusters)


def doubts(found: Sequence[Interval]) -> tuple[str, ...]:
    """A sentence where intervals are absent or doubtful."""
    counts = {one.language: one.clusters for one in found}
    few = [f"{code} ({count})" for code, count in counts.items() if count < _FEW]
    if not few:
        return ()
    return (
        f"{', '.join(few)}: fewer than {_FEW} clusters of queries, so intervals are narrower than they should be; a "
        "single one has none",
    )
