"""From scores to everything that the report shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from operator import add

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.significance import Comparison
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.figures import Figure, estimates
from pyserini_xqg.robustness.comparison.hypotheses import Tests, run_tests
from pyserini_xqg.robustness.comparison.per_query import MeasuredQueries, arrange
from pyserini_xqg.robustness.comparison.resampling import ResampledMeans, resample
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness, Row
from pyserini_xqg.robustness.comparison.scopes import LanguageScope, ScopeKind, group_scopes, language_scopes


def analyse(
    conditions: Conditions,
    clusters: Clusters,
    measures: tuple[str, ...],
    settings: AnalysisSettings,
    notes: tuple[str, ...] = (),
) -> Robustness:
    """Compute all figures, intervals and tests; notes are for
    :func:`pyserini_xqg.robustness.comparison.remarks.remarks` to add.

    :param clusters: language -> query id -> cluster, from
        :func:`pyserini_xqg.evaluate.statistics.clusters.clusters_of`.
    :param measures: names of measures that the scores have.
    :raises UsageError: there is no such baseline, or two runs of a language were scored on different queries.
    """
    check_baseline(
        conditions.clean, {name: variants[0] for name, variants in conditions.perturbed.items()}, settings.baseline
    )
    scopes = language_scopes({code for languages in conditions.clean.values() for code in languages})
    groups = group_scopes(conditions.everywhere, settings.groups)
    rows: dict[tuple[str, LanguageScope, str, str], Row] = {}
    tests: Tests = {}
    for measure in measures:
        measured = arrange(conditions, measure)
        resampled = resample(measured, clusters, settings.resamples, settings.seed)
        tests = run_tests(measured, settings.baseline)
        for row in _rows(
            conditions=conditions,
            measured=measured,
            resampled=resampled,
            tests=tests,
            scopes=(*scopes, *groups),
            baseline=settings.baseline,
        ):
            rows[measure, row.scope, row.perturbation, row.system] = row
    return Robustness(
        measures=measures,
        systems=_baseline_first(conditions, settings.baseline),
        perturbations={name: len(variants) for name, variants in conditions.perturbed.items()},
        languages=scopes,
        groups=groups,
        rows=rows,
        tests=_family_sizes(tests),
        settings=settings,
    )


def _baseline_first(conditions: Conditions, baseline: str | None) -> tuple[str, ...]:
    return (
        tuple(sorted(conditions.clean, key=lambda system: system != baseline))
        if baseline is not None
        else tuple(conditions.clean)
    )


def check_baseline(clean: Collection[str], perturbed: Mapping[str, Collection[str]], baseline: str | None) -> None:
    """See that the baseline is there wherever it is needed.

    :param clean: the systems with clean runs.
    :param perturbed: perturbation -> the systems with runs under it.
    :raises UsageError: it is not.
    """
    if baseline is None:
        return
    if baseline not in clean:
        raise UsageError(
            f"--baseline {baseline}: there is no such system among those compared; there are {', '.join(clean)}"
        )
    for name, systems in perturbed.items():
        if baseline not in systems:
            raise UsageError(
                f"--baseline {baseline}: it has no runs under {name!r}, so nothing there could be compared with it"
            )


def _rows(
    *,
    conditions: Conditions,
    measured: MeasuredQueries,
    resampled: ResampledMeans,
    tests: Tests,
    scopes: tuple[LanguageScope, ...],
    baseline: str | None,
) -> Iterator[Row]:
    for scope in scopes:
        clusters = resampled.clusters_in(scope.codes)
        queries = sum(len(measured.qids[code]) for code in scope.codes)
        for name in conditions.perturbed:
            for system in conditions.clean:
                if not all(conditions.measured(name, system, code) for code in scope.codes):
                    continue
                against = (
                    baseline is not None
                    and baseline != system
                    and all(conditions.measured(name, baseline, code) for code in scope.codes)
                )
                theirs = resampled.over(name, baseline, scope.codes) if against and baseline is not None else None
                yield Row(
                    measure=measured.measure,
                    scope=scope,
                    perturbation=name,
                    system=system,
                    queries=queries,
                    clusters=clusters,
                    figures=estimates(resampled.over(name, system, scope.codes), theirs, intervals=clusters > 1),
                    outcomes=reduce(add, (measured.scores[name, system, code].outcomes for code in scope.codes)),
                    tests=_tests_of(tests, scope, name, system),
                )


def _tests_of(tests: Tests, scope: LanguageScope, name: str, system: str) -> dict[Figure, Comparison]:
    if scope.kind is not ScopeKind.LANGUAGE:
        return {}
    return {
        figure: tests[figure, name, system, scope.codes[0]]
        for figure in Figure
        if (figure, name, system, scope.codes[0]) in tests
    }


def _family_sizes(tests: Tests) -> dict[Figure, int]:
    """Each family's size; the test of a clean difference serves every perturbation, and counts once."""
    distinct = {
        figure: {
            (() if figure is Figure.CLEAN_DIFFERENCE else (name,), s, code) for f, name, s, code in tests if f is figure
        }
        for figure in Figure
    }
    return {figure: len(found) for figure, found in distinct.items() if found}
