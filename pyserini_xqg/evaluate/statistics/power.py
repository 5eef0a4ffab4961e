"""How large a difference must be to be shown with so many queries (Sakai 2016; Cohen 1988 for the power of the
t-test).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.clusters import Clusters
from pyserini_xqg.evaluate.statistics.paired import Average
from pyserini_xqg.evaluate.statistics.pairs import SystemPair, against, families
from pyserini_xqg.evaluate.statistics.significance import LEVEL

POWER = 0.8
"""The chance to find a difference that is there; the usual one."""
_NEAR = 0.01


@dataclass(frozen=True, slots=True)
class Power:
    """What the queries could show between a system and the baseline.

    :param language: a language's code, or ``macro`` or ``micro``.
    :param level: of a two-sided t-test, after Bonferroni's correction: the level that the smallest p of its family must
        reach under Holm's, too.
    :param detectable: the smallest mean difference that is found with a chance of :data:`POWER`, where differences vary
        from query to query as these do; None where they do not vary, or where there are too few for any.
    """

    measure: str
    system: str
    baseline: str
    language: str
    queries: int
    level: float
    detectable: float | None


def power(
    systems: Mapping[str, Mapping[str, RunScores]], baseline: str, measure: str, clusters: Clusters | None = None
) -> tuple[Power, ...]:
    """What each comparison with the baseline could show: by language, then macro and micro, each family of comparisons
    as it is corrected.

    :raises UsageError: the baseline is not there, or a system was scored on other queries.
    """
    found = families(systems, measure, against(systems, baseline), clusters)
    return tuple(_power(measure, one, LEVEL / len(pairs)) for pairs in found for one in pairs)


def _power(measure: str, one: SystemPair, level: float) -> Power:
    paired = one.paired
    effect = _effect(paired.sample, level) if paired.error and paired.sample > 1 else None
    # The effect is in standard deviations of what a cluster brings, and those are the standard error times the root of
    # their number.
    detectable = None if effect is None else effect * paired.error * math.sqrt(paired.sample)
    return Power(measure, one.system, one.baseline, one.language, paired.queries, level, detectable)


@cache
def _effect(sample: int, level: float) -> float | None:
    """The mean in standard deviations; None where the sample is too small to say."""
    import numpy as np
    from statsmodels.stats.power import TTestPower

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # with a handful of queries at a strict level the search ends elsewhere; what it found is looked at below
        found = float(
            np.squeeze(TTestPower().solve_power(nobs=sample, alpha=level, power=POWER, alternative="two-sided"))
        )
        reached = TTestPower().power(found, sample, level, alternative="two-sided")
    return found if abs(reached - POWER) < _NEAR else None


def in_words(powers: Sequence[Power]) -> tuple[str, ...]:
    """What could not have been shown: a line a measure and system, in points; unknown where :attr:`Power.detectable` is
    None.
    """
    found: dict[tuple[str, str, str], list[Power]] = {}
    for one in powers:
        found.setdefault((one.measure, one.system, one.baseline), []).append(one)
    return tuple(
        f"{measure}, {system} and {baseline}: {'; '.join(_parts(mine))}"
        for (measure, system, baseline), mine in found.items()
    )


def _parts(powers: Sequence[Power]) -> Iterator[str]:
    for queries, group in groupby(powers, lambda one: one.queries):
        # Where even the largest difference there is would be found too seldom, that one is told.
        shown = [f"{100 * min(one.detectable, 1):.1f} {_place(one)}" for one in group if one.detectable is not None]
        if shown:
            yield f"with {queries:,} {'query' if queries == 1 else 'queries'} {', '.join(shown)}"
    if unknown := [_place(one) for one in powers if one.detectable is None]:
        yield f"unknown {', '.join(unknown)}"


def _place(one: Power) -> str:
    return f"({one.language})" if one.language in set(Average) else f"in {one.language}"
