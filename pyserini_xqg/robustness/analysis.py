"""From scores to everything that the report shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.significance import Comparison
from pyserini_xqg.robustness.clusters import Clusters, Resample
from pyserini_xqg.robustness.conditions import Conditions
from pyserini_xqg.robustness.figures import Estimate, Figure, estimates
from pyserini_xqg.robustness.hypotheses import Tests, run_tests
from pyserini_xqg.robustness.outcome import Outcomes
from pyserini_xqg.robustness.per_query import MeasuredQueries, arrange
from pyserini_xqg.robustness.resampling import ResampledMeans, resample
from pyserini_xqg.robustness.scopes import Group, Scope, ScopeKind, group_scopes, language_scopes

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Settings:
    """How to analyse.

    :param baseline: the system that the others are compared with.
    :param groups: how languages are grouped besides all together.
    """

    baseline: str | None = None
    groups: tuple[Group, ...] = tuple(Group)
    resample: Resample = Resample.PASSAGES
    resamples: int = RESAMPLES
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One system under one perturbation in one scope.

    :param queries: how many, over all languages of the scope.
    :param clusters: into how many clusters they fall.
    :param figures: every figure; the differences only beside a baseline, for the other systems.
    :param tests: the paired t-tests of figures that have one; only for single languages, where queries are apart.
    """

    measure: str
    scope: Scope
    perturbation: str
    system: str
    queries: int
    clusters: int
    figures: Mapping[Figure, Estimate]
    outcomes: Outcomes
    tests: Mapping[Figure, Comparison]


@dataclass(frozen=True, slots=True)
class Robustness:
    """Everything that a report shows.

    :param perturbations: name -> number of its variants.
    :param languages: every language measured, one scope each.
    :param groups: families, high- and low-resource, and last all languages together; over those languages that are in every condition.
    :param rows: a row a measure, scope, perturbation and system, as far as it was measured.
    :param tests: the size of each family of tests that was corrected for, in each measure.
    :param notes: what a reader must know beside the figures, a sentence each.
    """

    measures: tuple[str, ...]
    systems: tuple[str, ...]
    perturbations: Mapping[str, int]
    languages: tuple[Scope, ...]
    groups: tuple[Scope, ...]
    rows: Mapping[tuple[str, Scope, str, str], Row]
    tests: Mapping[Figure, int]
    settings: Settings
    notes: tuple[str, ...] = ()

    def row(self, measure: str, scope: Scope, perturbation: str, system: str) -> Row | None:
        """The row, or None where nothing was measured."""
        return self.rows.get((measure, scope, perturbation, system))


def analyse(conditions: Conditions, clusters: Clusters, measures: tuple[str, ...], settings: Settings, notes: tuple[str, ...] = ()) -> Robustness:
    """Compute all figures, intervals and tests.

    :param clusters: language -> query id -> cluster, from :func:`pyserini_xqg.robustness.clusters.clusters_of`.
    :param measures: names of measures that the scores have.
    :param notes: what is known already; more may be added.
    :raises UsageError: there is no such baseline, or two runs of a language were scored on different queries.
    """
    check_baseline(conditions, settings.baseline)
    scopes = language_scopes({code for languages in conditions.clean.values() for code in languages})
    groups = group_scopes(conditions.everywhere, settings.groups)
    rows: dict[tuple[str, Scope, str, str], Row] = {}
    tests: Tests = {}
    for measure in measures:
        measured = arrange(conditions, measure)
        resampled = resample(measured, clusters, settings.resamples, settings.seed)
        tests = run_tests(measured, settings.baseline)
        for row in _rows(conditions, measured, resampled, tests, (*scopes, *groups), settings.baseline):
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
        notes=notes,
    )


def _baseline_first(conditions: Conditions, baseline: str | None) -> tuple[str, ...]:
    return tuple(sorted(conditions.clean, key=lambda system: system != baseline)) if baseline is not None else tuple(conditions.clean)


def check_baseline(conditions: Conditions, baseline: str | None) -> None:
    """See that the baseline was measured wherever another system was.

    :raises UsageError: it was not.
    """
    if baseline is None:
        return
    if baseline not in conditions.clean:
        raise UsageError(f"--baseline {baseline}: there is no such system among those compared; there are {', '.join(conditions.clean)}")
    for name, variants in conditions.perturbed.items():
        if baseline not in variants[0]:
            raise UsageError(f"--baseline {baseline}: it has no runs under {name!r}, so nothing there could be compared with it")


def _rows(
    conditions: Conditions, measured: MeasuredQueries, resampled: ResampledMeans, tests: Tests, scopes: tuple[Scope, ...], baseline: str | None
) -> Iterator[Row]:
    for scope in scopes:
        clusters = resampled.clusters_in(scope.codes)
        queries = sum(len(measured.qids[code]) for code in scope.codes)
        for name in conditions.perturbed:
            for system in conditions.clean:
                if not all(conditions.measured(name, system, code) for code in scope.codes):
                    continue
                against = baseline is not None and baseline != system and all(conditions.measured(name, baseline, code) for code in scope.codes)
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


def _tests_of(tests: Tests, scope: Scope, name: str, system: str) -> dict[Figure, Comparison]:
    if scope.kind is not ScopeKind.LANGUAGE:
        return {}
    return {figure: tests[figure, name, system, scope.codes[0]] for figure in Figure if (figure, name, system, scope.codes[0]) in tests}


def _family_sizes(tests: Tests) -> dict[Figure, int]:
    """Each family's size; the test of a clean difference serves every perturbation, and counts once."""
    distinct = {
        figure: {(() if figure is Figure.CLEAN_DIFFERENCE else (name,), s, code) for f, name, s, code in tests if f is figure} for figure in Figure
    }
    return {figure: len(found) for figure, found in distinct.items() if found}
