"""Figures by hand, tests beside scipy's own, intervals beside a bootstrap in plain Python."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest
from robustness_world import apart, scored
from scipy.stats import ttest_rel

from pyserini_xqg.errors import UsageError
from pyserini_xqg.robustness.comparison.analysis import analyse
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.figures import Figure
from pyserini_xqg.robustness.comparison.outcome import Outcomes
from pyserini_xqg.robustness.comparison.remarks import remarks
from pyserini_xqg.robustness.comparison.results import AnalysisSettings, Robustness

# Two languages, two systems, one perturbation with two variants.
CLEAN = {
    "plain": {"sw": scored(1, 1, 0, 1), "de": scored(1, 1, 1, 1)},
    "views": {"sw": scored(1, 1, 1, 1), "de": scored(1, 1, 1, 0)},
}
TYPOS = (
    {
        "plain": {"sw": scored(0, 1, 0, 0), "de": scored(1, 1, 0, 1)},
        "views": {"sw": scored(1, 1, 0, 1), "de": scored(1, 1, 1, 1)},
    },
    {
        "plain": {"sw": scored(0, 0, 1, 1), "de": scored(0, 1, 1, 1)},
        "views": {"sw": scored(1, 0, 1, 1), "de": scored(1, 1, 1, 0)},
    },
)
CONDITIONS = Conditions(CLEAN, {"typos": TYPOS})


def analysed(conditions: Conditions = CONDITIONS, baseline: str | None = "plain", resamples: int = 200) -> Robustness:
    return analyse(conditions, apart(conditions), ("R@1",), AnalysisSettings(baseline=baseline, resamples=resamples))


def values(found: Robustness, place: int, system: str, *, groups: bool = False) -> dict[Figure, float | None]:
    row = found.row("R@1", (found.groups if groups else found.languages)[place], "typos", system)
    assert row is not None
    return {figure: estimate.value for figure, estimate in row.figures.items()}


def test_every_figure_of_a_language_by_hand():
    found = analysed()
    assert [scope.name for scope in found.languages] == ["Swahili", "German"]  # Atlantic-Congo before Germanic
    plain = values(found, 0, "plain")
    # By query: clean 1 1 0 1; the mean of the variants 0 .5 .5 .5; the lower one 0 0 0 0.
    assert plain == pytest.approx(
        {
            Figure.CLEAN: 0.75,
            Figure.PERTURBED: 0.375,
            Figure.WORST: 0.0,
            Figure.DROP: 0.375,
            Figure.RELATIVE_DROP: 0.5,
            Figure.RELATIVE_WORST_DROP: 1.0,
        }
    )
    views = values(found, 0, "views")  # clean 1 1 1 1; mean 1 .5 .5 1; lower 1 0 0 1
    assert views == pytest.approx(
        {
            Figure.CLEAN: 1.0,
            Figure.PERTURBED: 0.75,
            Figure.WORST: 0.5,
            Figure.DROP: 0.25,
            Figure.RELATIVE_DROP: 0.25,
            Figure.RELATIVE_WORST_DROP: 0.5,
            Figure.CLEAN_DIFFERENCE: 0.25,
            Figure.PERTURBED_DIFFERENCE: 0.375,
            Figure.DROP_DIFFERENCE: -0.125,
        }
    )
    row = found.row("R@1", found.languages[0], "typos", "plain")
    assert row is not None and row.outcomes == Outcomes(wins=1, ties=0, losses=3) and row.queries == 4


def test_averages_weigh_languages_alike_and_drop_the_averages():
    found = analysed()
    assert [scope.name for scope in found.groups] == [
        "Atlantic-Congo",
        "Germanic",
        "high-resource",
        "low-resource",
        "all 2 languages",
    ]
    both = values(found, -1, "plain", groups=True)  # sw .75 -> .375, de 1 -> .75
    assert both[Figure.CLEAN] == pytest.approx(0.875)
    assert both[Figure.PERTURBED] == pytest.approx(0.5625)
    assert both[Figure.RELATIVE_DROP] == pytest.approx(0.3125 / 0.875)
    assert values(found, 3, "plain", groups=True) == pytest.approx(values(found, 0, "plain"))
    row = found.row("R@1", found.groups[-1], "typos", "plain")
    assert row is not None and row.outcomes == Outcomes(1, 2, 5) and row.queries == 8 and not row.tests


def test_the_baseline_comes_first_and_has_no_differences():
    found = analysed(baseline="views")
    assert found.systems == ("views", "plain")
    assert Figure.DROP_DIFFERENCE not in values(found, 0, "views")
    assert values(found, 0, "plain")[Figure.DROP_DIFFERENCE] == pytest.approx(0.125)


def noisy(seed: int, queries: int = 40) -> Conditions:
    chance = np.random.default_rng(seed)

    def languages(share: float) -> dict[str, object]:
        return {code: scored(*(chance.random(queries) < share).astype(float)) for code in ("ar", "fi", "sw")}

    clean = {"plain": languages(0.7), "mean": languages(0.8), "views": languages(0.85)}
    variants = tuple({"plain": languages(0.4), "mean": languages(0.6), "views": languages(0.7)} for _ in range(3))
    return Conditions(clean, {"typos": variants})


def test_tests_are_scipys_and_corrected_within_their_kind():
    conditions = noisy(1)
    found = analysed(conditions)
    drops, differences = {}, {}
    for scope in found.languages:
        (code,) = scope.codes
        arrays = {}
        for system in found.systems:
            clean = list(conditions.clean[system][code].per_query["R@1"].values())
            variants = [
                list(variant[system][code].per_query["R@1"].values()) for variant in conditions.perturbed["typos"]
            ]
            arrays[system] = np.array(clean), np.mean(variants, axis=0)
            row = found.row("R@1", scope, "typos", system)
            theirs = ttest_rel(*arrays[system])
            drops[code, system] = (row.tests[Figure.DROP], theirs.pvalue)
            assert (row.tests[Figure.DROP].t, row.tests[Figure.DROP].p) == pytest.approx(
                (theirs.statistic, theirs.pvalue)
            )
            if system != "plain":
                lost = [before - after for before, after in (arrays[system], arrays["plain"])]
                differences[code, system] = (row.tests[Figure.DROP_DIFFERENCE], ttest_rel(*lost).pvalue)
                clean_test = ttest_rel(arrays[system][0], arrays["plain"][0])
                assert row.tests[Figure.CLEAN_DIFFERENCE].p == pytest.approx(clean_test.pvalue)
    for family, size in ((drops, 9), (differences, 6)):
        assert len(family) == size
        ordered = sorted(family.values(), key=lambda pair: pair[1])
        so_far = 0.0
        for place, (test, p) in enumerate(ordered):
            so_far = max(so_far, min(1.0, (size - place) * p))
            assert test.p == pytest.approx(p)
            assert test.p_bonferroni == pytest.approx(min(1.0, size * p))
            assert test.p_holm == pytest.approx(so_far)
    assert found.tests == {
        Figure.DROP: 9,
        Figure.CLEAN_DIFFERENCE: 6,
        Figure.PERTURBED_DIFFERENCE: 6,
        Figure.DROP_DIFFERENCE: 6,
    }


def test_intervals_are_those_of_a_plain_bootstrap_over_clusters():
    conditions = noisy(2, queries=12)
    clusters = {code: {f"q{n}": n // 2 if code != "sw" else n // 3 for n in range(12)} for code in ("ar", "fi", "sw")}
    found = analyse(conditions, clusters, ("R@1",), AnalysisSettings(baseline="plain", resamples=300, seed=5))

    def mean(system: str, code: str, drawn: list[int], scores: list[dict[str, float]]) -> float:
        chosen = [
            fmean(of[qid] for of in scores)
            for cluster in drawn
            for qid, mine in clusters[code].items()
            if mine == cluster
        ]
        return fmean(chosen) if chosen else math.nan

    def drop(system: str, drawn: list[int]) -> tuple[float, float]:
        before = [mean(system, code, drawn, [conditions.clean[system][code].per_query["R@1"]]) for code in clusters]
        after = [
            mean(system, code, drawn, [of[system][code].per_query["R@1"] for of in conditions.perturbed["typos"]])
            for code in clusters
        ]
        return float(np.nanmean(before)), float(np.nanmean(after))

    relative, difference = [], []
    for drawn in np.random.default_rng(5).integers(6, size=(300, 6)).tolist():
        (before, after), (theirs_before, theirs_after) = drop("views", drawn), drop("plain", drawn)
        relative.append((before - after) / before)
        difference.append((before - after) - (theirs_before - theirs_after))
    row = found.row("R@1", found.groups[-1], "typos", "views")
    assert row is not None and row.clusters == 6
    for figure, draws in ((Figure.RELATIVE_DROP, relative), (Figure.DROP_DIFFERENCE, difference)):
        assert (row.figures[figure].low, row.figures[figure].high) == pytest.approx(
            tuple(np.percentile(draws, [2.5, 97.5]))
        )


def test_questions_about_one_passage_make_the_interval_wider_than_questions_apart():
    conditions = Conditions(
        {"a": {"fi": scored(*[1.0] * 60)}}, {"typos": ({"a": {"fi": scored(*[1.0] * 30, *[0.0] * 30)}},)}
    )
    wide = analyse(conditions, {"fi": {f"q{n}": n // 6 for n in range(60)}}, ("R@1",), AnalysisSettings())
    narrow = analyse(conditions, apart(conditions), ("R@1",), AnalysisSettings())
    widths = []
    for found in (wide, narrow):
        drop = found.rows[("R@1", found.languages[0], "typos", "a")].figures[Figure.DROP]
        assert drop.low is not None and drop.high is not None and drop.value == pytest.approx(0.5)
        widths.append(drop.high - drop.low)
    assert widths[0] > 2 * widths[1]


def test_without_clean_hits_there_is_no_relative_drop_and_it_is_said():
    conditions = Conditions(
        {"a": {"fi": scored(0, 0), "sw": scored(1, 0)}}, {"typos": ({"a": {"fi": scored(0, 1), "sw": scored(0, 0)}},)}
    )
    found = analysed(conditions, None)
    finnish = next(scope for scope in found.languages if scope.codes == ("fi",))
    row = found.row("R@1", finnish, "typos", "a")
    assert (
        row is not None
        and row.figures[Figure.RELATIVE_DROP].value is None
        and row.figures[Figure.DROP].value == pytest.approx(-0.5)
    )
    assert (
        "a, R@1: the clean score is 0 in Finnish, Uralic, high-resource, so there is no relative drop (–)"
        in remarks(found, apart(conditions))
    )


def test_a_single_query_has_neither_interval_nor_significance():
    conditions = Conditions({"a": {"fi": scored(1)}}, {"typos": ({"a": {"fi": scored(0)}},)})
    found = analysed(conditions, None)
    row = found.row("R@1", found.languages[0], "typos", "a")
    assert row is not None and row.figures[Figure.DROP].low is None and row.tests[Figure.DROP].p == 1
    notes = remarks(found, apart(conditions))
    assert "Finnish: a single query proves nothing, so its test says p = 1" in notes
    assert "Finnish: all queries are of one cluster (passages are resampled), so there is no interval" in notes


def test_few_clusters_and_one_that_holds_most_queries_are_told():
    conditions = noisy(3)
    lopsided = {code: {f"q{n}": max(0, n - 30) for n in range(40)} for code in ("ar", "fi", "sw")}
    found = analyse(conditions, lopsided, ("R@1",), AnalysisSettings(resamples=100))
    notes = remarks(found, lopsided)
    assert any("(10), " in note and "fewer than 20 clusters" in note for note in notes)
    assert any(note.startswith("78% of the queries hang together") for note in notes)


def test_a_language_that_one_system_lacks_is_out_of_all_averages():
    clean = {"a": {"fi": scored(1, 1), "sw": scored(1, 0)}, "b": {"fi": scored(1, 1)}}
    found = analysed(
        Conditions(clean, {"typos": ({"a": {"fi": scored(1, 0), "sw": scored(0, 0)}, "b": {"fi": scored(0, 0)}},)}),
        None,
    )
    assert found.groups[-1].codes == ("fi",)
    assert found.row("R@1", found.groups[-1], "typos", "a").figures[Figure.PERTURBED].value == pytest.approx(0.5)
    swahili = next(scope for scope in found.languages if scope.codes == ("sw",))
    assert found.row("R@1", swahili, "typos", "a") is not None and found.row("R@1", swahili, "typos", "b") is None


def test_other_queries_and_baselines_that_are_not_there_are_refused():
    with pytest.raises(
        UsageError, match="--baseline bm25: there is no such system among those compared; there are plain, views"
    ):
        analysed(baseline="bm25")
    lacking = Conditions(CLEAN, {"typos": TYPOS, "words": ({"views": TYPOS[0]["views"]},)})
    with pytest.raises(UsageError, match="--baseline plain: it has no runs under 'words'"):
        analysed(lacking)
    other = Conditions({"a": {"fi": scored(1, 1)}}, {"typos": ({"a": {"fi": scored(1)}},)})
    with pytest.raises(UsageError, match=r"a, fi, typos: scored on other queries than the first system \(q1\)"):
        analyse(other, {"fi": {"q0": 0, "q1": 1}}, ("R@1",), AnalysisSettings())
