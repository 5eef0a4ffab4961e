"""What an analysis gives, and how it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyserini_xqg.evaluate.statistics.clusters import Resample
from pyserini_xqg.evaluate.statistics.significance import Comparison
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate
from pyserini_xqg.robustness.comparison.outcome import Outcomes
from pyserini_xqg.robustness.comparison.scopes import LanguageGrouping, LanguageScope

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How to analyse.

    :param baseline: the system that the others are compared with.
    :param groups: how languages are grouped besides all together.
    """

    baseline: str | None = None
    groups: tuple[LanguageGrouping, ...] = tuple(LanguageGrouping)
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
    scope: LanguageScope
    perturbation: str
    system: str
    queries: int
    clusters: int
    figures: Mapping[Figure, IntervalEstimate]
    outcomes: Outcomes
    tests: Mapping[Figure, Comparison]


@dataclass(frozen=True, slots=True)
class Robustness:
    """Everything that a report shows.

    :param perturbations: name -> number of its variants.
    :param languages: every language measured, one scope each.
    :param groups: families, high- and low-resource, and last all languages together; over those languages that are in
        every condition.
    :param rows: a row a measure, scope, perturbation and system, as far as it was measured.
    :param tests: the size of each family of tests that was corrected for, in each measure.
    :param notes: what a reader must know beside the figures, a sentence each.
    """

    measures: tuple[str, ...]
    systems: tuple[str, ...]
    perturbations: Mapping[str, int]
    languages: tuple[LanguageScope, ...]
    groups: tuple[LanguageScope, ...]
    rows: Mapping[tuple[str, LanguageScope, str, str], Row]
    tests: Mapping[Figure, int]
    settings: AnalysisSettings
    notes: tuple[str, ...] = ()

    def row(self, measure: str, scope: LanguageScope, perturbation: str, system: str) -> Row | None:
        """The row, or None where nothing was measured."""
        return self.rows.get((measure, scope, perturbation, system))
