"""Paired tests of systems against a baseline, corrected for the number of comparisons made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.pairs import SystemPair, against, pairs_by_language, pairs_overall
from pyserini_xqg.evaluate.statistics.randomisation import Draws, randomisation_p

LEVEL = 0.05
"""The level at which a corrected p counts as significant."""


class PairedTest(StrEnum):
    """Which test marks and letters go by."""

    T = "t"
    """Student's paired t-test."""
    RANDOMISATION = "randomisation"
    """The paired randomisation test, which assumes no distribution."""

    @property
    def called(self) -> str:
        """As legends name it."""
        return "paired t-test" if self is PairedTest.T else "paired randomisation test"


@dataclass(frozen=True, slots=True)
class Corrected:
    """The p of a test, two-sided.

    :param p: uncorrected.
    :param p_bonferroni: times the number of comparisons, at most 1 (Dunn 1961).
    :param p_holm: after Holm's step-down procedure (Holm 1979), never above ``p_bonferroni``.
    """

    p: float
    p_bonferroni: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system against another, on the same queries of one language or averaged over all.

    :param baseline: the other system.
    :param language: a language's code, or ``macro`` or ``micro``.
    :param difference: mean score of the system less that of the baseline.
    :param t: the t statistic; infinite when every query changed by the same amount, 0 when none changed.
    :param p: of the t-test, two-sided, uncorrected; ``p_bonferroni`` and ``p_holm`` as in :class:`Corrected`.
    :param randomised: the randomisation test of the same; None where it was not asked for.
    """

    measure: str
    system: str
    baseline: str
    language: str
    queries: int
    difference: float
    t: float
    p: float
    p_bonferroni: float
    p_holm: float
    randomised: Corrected | None = None

    def corrected(self, test: PairedTest) -> Corrected:
        """The p values of one of the tests.

        :raises UsageError: it was not made.
        """
        if test is PairedTest.T:
            return Corrected(self.p, self.p_bonferroni, self.p_holm)
        if self.randomised is None:
            raise UsageError("the randomisation test was not made; give draws")
        return self.randomised


def compare(
    systems: Mapping[str, Mapping[str, RunScores]],
    baseline: str,
    measure: str,
    clusters: Clusters | None = None,
    draws: Draws | None = None,
) -> tuple[Comparison, ...]:
    """Test every other system against the baseline in every language that both have.

    The corrections count all comparisons of this call: one measure, all languages, all systems.

    :param systems: system -> language -> scores, scored on the same queries.
    :param draws: makes the randomisation test too.
    :raises UsageError: the baseline is not there, or a system was scored on other queries.
    """
    return tested(measure, pairs_by_language(systems, measure, against(systems, baseline), clusters), draws)


def compare_overall(
    systems: Mapping[str, Mapping[str, RunScores]],
    baseline: str,
    measure: str,
    clusters: Clusters | None = None,
    draws: Draws | None = None,
) -> tuple[Comparison, ...]:
    """Test every other system against the baseline over all languages, macro and micro; each of the two is corrected
    for the systems alone.

    A system without a run in one of the languages is left out, as from the averages; with a single language there is
    nothing here.
    """
    overall = pairs_overall(systems, measure, against(systems, baseline), clusters)
    return tuple(test for pairs in overall for test in tested(measure, pairs, draws))


def tested(measure: str, pairs: Sequence[SystemPair], draws: Draws | None) -> tuple[Comparison, ...]:
    """Test pairs of systems, as one family of comparisons."""
    by_t = _corrected([one.paired.p for one in pairs])
    by_draws = (
        _corrected(randomisation_p([one.paired.shares for one in pairs], draws))
        if draws is not None
        else [None] * len(pairs)
    )
    return tuple(
        Comparison(
            measure=measure,
            system=one.system,
            baseline=one.baseline,
            language=one.language,
            queries=one.paired.queries,
            difference=one.paired.difference,
            t=one.paired.t,
            p=t.p,
            p_bonferroni=t.p_bonferroni,
            p_holm=t.p_holm,
            randomised=randomised,
        )
        for one, t, randomised in zip(pairs, by_t, by_draws, strict=True)
    )


def _corrected(p_values: Sequence[float]) -> list[Corrected]:
    """Bonferroni's and Holm's corrections; statsmodels' ``multipletests`` says the same, but collects garbage at every
    call.
    """
    number = len(p_values)
    holm = [0.0] * number
    so_far = 0.0
    for rank, place in enumerate(sorted(range(number), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (number - rank) * p_values[place]))
        holm[place] = so_far
    return [Corrected(p, min(1.0, number * p), stepped) for p, stepped in zip(p_values, holm, strict=True)]
