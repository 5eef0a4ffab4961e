"""What a reader must know beside the figures of an analysis."""

from __future__ import annotations

from collections import Counter

from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.robustness.comparison.figures import Figure
from pyserini_xqg.robustness.comparison.results import Robustness, Row
from pyserini_xqg.robustness.comparison.scopes import LanguageGrouping, ScopeKind

_FEW = 20
"""Percentile intervals from fewer clusters are too narrow to be relied upon."""
_LARGE = 0.5
"""A cluster with more than this share of all queries decides the interval alone."""


def remarks(found: Robustness, clusters: Clusters) -> tuple[str, ...]:
    """A sentence for everything that makes a figure absent or doubtful."""
    return (*_undefined(found), *_few(found), *_large(found, clusters), *_one_class(found), *_variants(found))


def _rows(found: Robustness, measure: str | None = None) -> list[Row]:
    return [row for row in found.rows.values() if measure in (None, row.measure)]


def _undefined(found: Robustness) -> list[str]:
    places: dict[tuple[str, str], list[str]] = {}
    for row in _rows(found):
        if row.figures[Figure.RELATIVE_DROP].value is None:
            names = places.setdefault((row.measure, row.system), [])
            if row.scope.name not in names:
                names.append(row.scope.name)
    return [
        f"{system}, {measure}: the clean score is 0 in {', '.join(names)}, so there is no relative drop (–)"
        for (measure, system), names in places.items()
    ]


def _few(found: Robustness) -> list[str]:
    notes = []
    what = found.settings.resample.value
    rows = {row.scope: row for row in _rows(found, found.measures[0]) if row.scope.kind is ScopeKind.LANGUAGE}
    lone = [scope.name for scope, row in rows.items() if row.queries == 1]
    if lone:
        notes.append(f"{', '.join(lone)}: a single query proves nothing, so its test says p = 1")
    single = [scope.name for scope, row in rows.items() if row.clusters == 1]
    if single:
        notes.append(
            f"{', '.join(single)}: all queries are of one cluster ({what} are resampled), so there is no interval"
        )
    few = [f"{scope.name} ({row.clusters})" for scope, row in rows.items() if 1 < row.clusters < _FEW]
    if few:
        notes.append(
            f"{', '.join(few)}: fewer than {_FEW} clusters to resample ({what}), so intervals are narrower than they "
            "should be"
        )
    return notes


def _large(found: Robustness, clusters: Clusters) -> list[str]:
    counts = Counter(cluster for scope in found.languages for cluster in clusters[scope.codes[0]].values())
    total, largest = counts.total(), max(counts.values())
    if len(counts) < 2 or largest <= _LARGE * total:
        return []
    return [
        f"{100 * largest / total:.0f}% of the queries hang together through shared relevant passages, so intervals "
        "rest on that one cluster; --resample queries draws query ids instead"
    ]


def _one_class(found: Robustness) -> list[str]:
    codes = [code for code in found.groups[-1].codes if code in LANGUAGES] if found.groups else []
    classes = {LANGUAGES[code].low_resource for code in codes}
    if LanguageGrouping.RESOURCE not in found.settings.groups or len(classes) != 1 or len(codes) < 2:
        return []
    return [f"all languages are {'low' if classes.pop() else 'high'}-resource, so there are no such groups"]


def _variants(found: Robustness) -> list[str]:
    numbers = {name: count for name, count in found.perturbations.items() if count > 1}
    if len(set(numbers.values())) < 2:
        return []
    shown = ", ".join(f"{name} {count}" for name, count in numbers.items())
    return [
        f"worst cases are over different numbers of variants ({shown}), and the more there are the lower it is: "
        "compare them with care"
    ]
