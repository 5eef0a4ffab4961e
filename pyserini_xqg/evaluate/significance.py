"""Paired t-tests against a baseline, corrected for the number of comparisons made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scores import RunScores

LEVEL = 0.05
"""The level at which a corrected p counts as significant."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system against the baseline, on the same queries of one language.

    :param difference: mean score of the system less that of the baseline.
    :param t: the t statistic; infinite when every query changed by the same amount, 0 when none changed.
    :param p: two-sided, uncorrected.
    :param p_bonferroni: times the number of comparisons, at most 1 (Dunn 1961).
    :param p_holm: after Holm's step-down procedure (Holm 1979), never above ``p_bonferroni``.
    """

    measure: str
    system: str
    language: str
    queries: int
    difference: float
    t: float
    p: float
    p_bonferroni: float
    p_holm: float


def compare(systems: Mapping[str, Mapping[str, RunScores]], baseline: str, measure: str) -> tuple[Comparison, ...]:
    """Test every other system against the baseline in every language that both cover; these tests are one family for the corrections.

    :param systems: system -> language -> scores.
    :raises UsageError: there is no such baseline, or two runs were scored on different queries.
    """
    if baseline not in systems:
        raise UsageError(f"there is no run of the baseline {baseline!r}; the systems are {', '.join(systems)}")
    pairs = [
        (system, code, scores.per_query[measure], systems[baseline][code].per_query[measure])
        for system, languages in systems.items()
        if system != baseline
        for code, scores in languages.items()
        if code in systems[baseline]
    ]
    tests = [_paired(system, code, ours, theirs) for system, code, ours, theirs in pairs]
    corrected = _corrected([p for _, _, p in tests])
    return tuple(
        Comparison(measure, system, code, len(ours), difference, t, p, bonferroni, holm)
        for (system, code, ours, _), (difference, t, p), (bonferroni, holm) in zip(pairs, tests, corrected, strict=True)
    )


def _paired(system: str, code: str, ours: Mapping[str, float], theirs: Mapping[str, float]) -> tuple[float, float, float]:
    if ours.keys() != theirs.keys():
        raise UsageError(f"{system!r} and the baseline were scored on different queries in {code!r}; score both against the same judgments")
    differences = [ours[qid] - theirs[qid] for qid in ours]
    mean = math.fsum(differences) / len(differences)
    if len(differences) < 2 or max(differences) == min(differences):
        # The statistic is 0/0 or c/0 here. A lone query proves nothing; the same change on every query is beyond chance.
        beyond_chance = len(differences) > 1 and mean != 0
        return mean, math.copysign(math.inf, mean) if beyond_chance else 0.0, 0.0 if beyond_chance else 1.0
    from scipy.stats import ttest_rel

    result = ttest_rel([ours[qid] for qid in ours], [theirs[qid] for qid in ours])
    return mean, float(result.statistic), float(result.pvalue)


def _corrected(p_values: Sequence[float]) -> list[tuple[float, float]]:
    if not p_values:
        return []
    from statsmodels.stats.multitest import multipletests

    bonferroni, holm = (multipletests(p_values, alpha=LEVEL, method=method)[1] for method in ("bonferroni", "holm"))
    return [(float(one), float(other)) for one, other in zip(bonferroni, holm, strict=True)]
