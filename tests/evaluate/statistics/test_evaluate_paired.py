"""The paired differences' standard errors and p values, beside SciPy's and statsmodels' own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.statistics.paired import Average, pair

ZERO = 0.0


def numbered(values: np.ndarray, prefix: str = "q") -> dict[str, float]:
    return {f"{prefix}{number}": float(value) for number, value in enumerate(values)}


def nothing(scores: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {code: dict.fromkeys(mine, ZERO) for code, mine in scores.items()}


def test_a_single_language_is_the_ordinary_paired_t_test():
    ours, theirs = np.random.default_rng(1).random((2, 60))
    found = pair({"ar": numbered(ours)}, {"ar": numbered(theirs)})
    expected = stats.ttest_rel(ours, theirs)
    assert (found.t, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    assert found.error == pytest.approx(stats.sem(ours - theirs))
    assert found.shares.sum() == pytest.approx(found.difference)
    assert pair({"ar": numbered(ours)}, {"ar": numbered(theirs)}, over=Average.MICRO).p == pytest.approx(
        expected.pvalue
    )


def test_translations_of_the_same_questions_are_as_one_question_with_their_mean():
    chance = np.random.default_rng(2)
    common = chance.normal(size=40)
    differences = {code: common + 0.3 * chance.normal(size=40) + 0.2 for code in ("ar", "de", "fi")}
    scores = {code: numbered(mine) for code, mine in differences.items()}
    expected = stats.ttest_1samp(np.mean(list(differences.values()), axis=0), 0)
    for over in Average:
        found = pair(scores, nothing(scores), over=over)
        assert (found.t, found.p, found.sample) == (
            pytest.approx(expected.statistic),
            pytest.approx(expected.pvalue),
            40,
        )
    apart = {
        code: {qid: 100 * place + int(qid[1:]) for qid in mine} for place, (code, mine) in enumerate(scores.items())
    }
    assert pair(scores, nothing(scores), apart).error < 0.7 * pair(scores, nothing(scores)).error


def test_languages_with_questions_of_their_own_are_strata():
    chance = np.random.default_rng(3)
    large, small = chance.normal(0.1, 1, 200), chance.normal(0.5, 2, 25)
    scores = {"ar": numbered(large, "a"), "bn": numbered(small, "b")}
    macro = pair(scores, nothing(scores), over=Average.MACRO)
    assert macro.difference == pytest.approx((large.mean() + small.mean()) / 2)
    assert macro.error == pytest.approx(math.sqrt(large.var(ddof=1) / 200 + small.var(ddof=1) / 25) / 2)
    assert macro.sample == 25
    micro = pair(scores, nothing(scores), over=Average.MICRO)
    everything = np.concatenate([large, small])
    assert (micro.difference, micro.sample) == (pytest.approx(everything.mean()), 225)
    assert micro.error == pytest.approx(stats.sem(everything))


def test_clusters_as_in_statsmodels():
    from statsmodels.api import OLS

    chance = np.random.default_rng(4)
    clusters = chance.integers(30, size=200)
    differences = chance.normal(size=30)[clusters] + chance.normal(size=200) + 0.3
    scores = {"ar": numbered(differences)}
    found = pair(
        scores, nothing(scores), {"ar": {f"q{number}": int(cluster) for number, cluster in enumerate(clusters)}}
    )
    expected = OLS(differences, np.ones(200)).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    assert (found.error, found.p) == (pytest.approx(expected.bse[0]), pytest.approx(expected.pvalues[0]))


def test_clusters_over_languages_of_unequal_size_as_in_statsmodels():
    from statsmodels.api import OLS

    chance = np.random.default_rng(5)
    codes = np.array([0] * 150 + [1] * 60)
    clusters = chance.integers(50, size=210)
    differences = chance.normal(size=50)[clusters] + chance.normal(size=210)
    names = ["ar", "bn"]
    scores = {name: numbered(differences[codes == place], name) for place, name in enumerate(names)}
    known = {
        name: dict(zip(scores[name], clusters[codes == place].tolist(), strict=True))
        for place, name in enumerate(names)
    }
    found = pair(scores, nothing(scores), known)
    groups = {"groups": clusters, "use_correction": False}
    means = OLS(differences, np.eye(2)[codes]).fit(cov_type="cluster", cov_kwds=groups).t_test([0.5, 0.5])
    assert found.difference == pytest.approx(float(means.effect[0]))
    assert found.error == pytest.approx(float(means.sd[0, 0]) * math.sqrt(50 / 49), rel=0.01)


def test_a_lone_cluster_proves_nothing_and_the_same_change_everywhere_is_beyond_chance():
    one = {"ar": {"q1": 1.0, "q2": 0.8}}
    assert pair(one, nothing(one), {"ar": {"q1": 7, "q2": 7}}).p == 1.0
    same = {"ar": {"a": 0.1, "b": 0.1, "c": 0.1}, "de": {"d": 0.3, "e": 0.3}}
    found = pair(same, nothing(same))
    assert (found.t, found.p, found.error) == (math.inf, 0.0, 0.0)
    assert pair(nothing(same), nothing(same)).p == 1.0


def test_other_queries_are_refused():
    with pytest.raises(UsageError, match="different queries in 'ar'"):
        pair({"ar": {"q1": 1.0}}, {"ar": {"q2": 1.0}})
