from __future__ import annotations

import math

import pytest
from statsmodels.stats.multitest import multipletests

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.evaluate.statistics.significance import PairedTest, compare, compare_overall


def scores(*values: float) -> RunScores:
    return RunScores({"R@1": {f"q{number}": value for number, value in enumerate(values)}})


def test_student_1908():
    # "The probable error of a mean", table of hours of sleep gained by ten patients under two drugs: t = 4.0621,
    # two-sided p = 0.002833.
    first = scores(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
    second = scores(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
    (test,) = compare({"dextro": {"en": first}, "laevo": {"en": second}}, "dextro", "R@1")
    assert (test.system, test.language, test.queries) == ("laevo", "en", 10)
    assert test.difference == pytest.approx(1.58)
    assert test.t == pytest.approx(4.0621, abs=1e-4)
    assert test.p == pytest.approx(0.002833, abs=1e-6)
    assert test.p_bonferroni == test.p_holm == pytest.approx(test.p)


def test_corrections_over_languages_and_systems():
    base = {"ar": scores(0, 0, 1, 0, 1, 0, 0, 1, 0, 0), "de": scores(1, 0, 1, 0, 1, 0, 1, 1, 0, 0)}
    good = {"ar": scores(1, 1, 1, 1, 1, 0, 1, 1, 1, 0), "de": scores(1, 1, 1, 0, 1, 0, 1, 1, 0, 1)}
    poor = {"ar": scores(0, 0, 1, 0, 1, 1, 0, 1, 0, 0)}
    tests = compare({"base": base, "good": good, "poor": poor}, "base", "R@1")
    assert [(test.system, test.language) for test in tests] == [("good", "ar"), ("good", "de"), ("poor", "ar")]
    for method, ours in (
        ("bonferroni", [test.p_bonferroni for test in tests]),
        ("holm", [test.p_holm for test in tests]),
    ):
        assert ours == pytest.approx(multipletests([test.p for test in tests], method=method)[1])
    by_p = sorted(tests, key=lambda test: test.p)
    assert [test.p_bonferroni for test in by_p] == pytest.approx([min(1, 3 * test.p) for test in by_p])
    holm, so_far = [], 0.0
    for factor, test in zip((3, 2, 1), by_p, strict=True):
        so_far = max(so_far, min(1, factor * test.p))
        holm.append(so_far)
    assert [test.p_holm for test in by_p] == pytest.approx(holm)


def test_differences_without_spread_have_a_defined_answer():
    same = scores(0, 1, 1)
    systems = {
        "base": {"ar": same, "de": scores(0, 0), "fi": scores(0)},
        "new": {"ar": same, "de": scores(1, 1), "fi": scores(1)},
    }
    found = {test.language: (test.t, test.p) for test in compare(systems, "base", "R@1")}
    assert found == {"ar": (0.0, 1.0), "de": (math.inf, 0.0), "fi": (0.0, 1.0)}


def test_different_queries_and_unknown_baselines_are_refused():
    with pytest.raises(UsageError, match="scored on different queries in 'ar'"):
        compare({"base": {"ar": scores(0, 1)}, "new": {"ar": scores(0, 1, 1)}}, "base", "R@1")
    with pytest.raises(UsageError, match="no run of the baseline 'plain'; the systems are new"):
        compare({"new": {"ar": scores(0, 1)}}, "plain", "R@1")


def test_a_baseline_alone_gives_no_comparison():
    assert compare({"base": {"ar": scores(0, 1)}}, "base", "R@1") == ()


def test_both_tests_are_corrected_alike():
    base = {"ar": scores(0, 0, 1, 0, 1, 0, 0, 1, 0, 0), "de": scores(1, 0, 1, 0, 1, 0, 1, 1, 0, 0)}
    good = {"ar": scores(1, 1, 1, 1, 1, 0, 1, 1, 1, 0), "de": scores(1, 1, 1, 0, 1, 0, 1, 1, 0, 1)}
    ar, de = compare({"base": base, "good": good}, "base", "R@1", draws=Draws())
    # Arabic: five questions gained, 2 of 32 ways; German: two gained, 2 of 4 ways.
    assert (ar.corrected(PairedTest.RANDOMISATION).p, de.corrected(PairedTest.RANDOMISATION).p) == (2 / 32, 2 / 4)
    assert (ar.corrected(PairedTest.RANDOMISATION).p_holm, de.corrected(PairedTest.RANDOMISATION).p_holm) == (
        2 * 2 / 32,
        2 / 4,
    )
    assert (
        ar.corrected(PairedTest.RANDOMISATION).p_bonferroni,
        de.corrected(PairedTest.RANDOMISATION).p_bonferroni,
    ) == (2 * 2 / 32, 1)
    assert ar.corrected(PairedTest.T).p == ar.p
    assert compare({"base": base, "good": good}, "base", "R@1")[0].randomised is None


def test_over_all_languages_questions_and_their_translations_count_once():
    base, good = scores(0, 0, 0, 0, 0, 0), scores(1, 1, 1, 1, 1, 0)
    alone = compare({"base": {"ar": base}, "good": {"ar": good}}, "base", "R@1", draws=Draws())[0]
    both = compare_overall(
        {"base": {"ar": base, "de": base}, "good": {"ar": good, "de": good}}, "base", "R@1", draws=Draws()
    )
    assert [(test.language, test.queries) for test in both] == [("macro", 12), ("micro", 12)]
    for test in both:
        assert (test.p, test.p_holm, test.difference) == (
            pytest.approx(alone.p),
            pytest.approx(alone.p),
            pytest.approx(5 / 6),
        )
        assert test.randomised is not None
        assert test.randomised.p == 2 / 32


def test_macro_weighs_languages_where_micro_weighs_questions():
    named = {f"b{number}": 1.0 for number in range(8)}
    base = {"ar": scores(1, 1), "bn": RunScores({"R@1": dict.fromkeys(named, 0.0)})}
    good = {"ar": scores(0, 0), "bn": RunScores({"R@1": named})}
    macro, micro = compare_overall({"base": base, "good": good}, "base", "R@1")
    assert (macro.difference, micro.difference) == (0.0, pytest.approx(0.6))


def test_a_single_language_and_a_system_that_lacks_one_have_nothing_overall():
    assert compare_overall({"base": {"ar": scores(0, 1)}, "good": {"ar": scores(1, 1)}}, "base", "R@1") == ()
    assert (
        compare_overall({"base": {"ar": scores(0, 1), "de": scores(0, 1)}, "good": {"ar": scores(1, 1)}}, "base", "R@1")
        == ()
    )
