from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.intervals import Interval, doubts, intervals
from pyserini_xqg.evaluate.statistics.randomisation import Draws


def scores(values: np.ndarray, prefix: str = "q") -> RunScores:
    return RunScores({"R@1": {f"{prefix}{number}": float(value) for number, value in enumerate(values)}})


def by_place(found: tuple[Interval, ...]) -> dict[tuple[str, str, str | None], Interval]:
    return {(one.system, one.language, one.baseline): one for one in found}


def test_as_scipys_percentile_bootstrap():
    chance = np.random.default_rng(1)
    base = chance.random(150)
    new = np.clip(base + chance.normal(0.05, 0.2, 150), 0, 1)
    found = by_place(intervals({"base": {"ar": scores(base)}, "new": {"ar": scores(new)}}, "R@1", "base"))
    assert list(found) == [("base", "ar", None), ("new", "ar", None), ("new", "ar", "base")]
    for place, sample in zip(found, (base, new, new - base), strict=True):
        theirs = stats.bootstrap((sample,), np.mean, method="percentile", n_resamples=10_000, rng=3).confidence_interval
        ours = found[place]
        assert ours.value == pytest.approx(sample.mean())
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.1 * (theirs.high - theirs.low))


def test_averages_and_queries_that_belong_together():
    chance = np.random.default_rng(2)
    ar = chance.random(100)
    systems = {"base": {"ar": scores(ar), "de": scores(ar), "fi": scores(chance.random(50), "fi")}}
    found = by_place(intervals(systems, "R@1"))
    fi = systems["base"]["fi"].mean("R@1")
    assert found["base", "macro", None].value == pytest.approx((2 * ar.mean() + fi) / 3)
    assert found["base", "micro", None].value == pytest.approx((200 * ar.mean() + 50 * fi) / 250)
    assert (found["base", "ar", None].clusters, found["base", "macro", None].clusters) == (100, 150)
    assert found["base", "ar", None] == replace(
        found["base", "de", None], language="ar"
    )  # the same questions are drawn

    def width(clusters: dict[str, dict[str, int]] | None) -> float:
        one = by_place(
            intervals({"base": {"ar": systems["base"]["ar"], "de": systems["base"]["de"]}}, "R@1", clusters=clusters)
        )
        macro = one["base", "macro", None]
        assert macro.low is not None and macro.high is not None
        return macro.high - macro.low

    apart = {"ar": {f"q{n}": n for n in range(100)}, "de": {f"q{n}": 100 + n for n in range(100)}}
    assert width(apart) == pytest.approx(width(None) / np.sqrt(2), rel=0.1)


def test_a_system_that_lacks_a_language_has_no_average_and_one_cluster_no_interval():
    systems = {"base": {"ar": scores(np.ones(3)), "de": scores(np.ones(3), "d")}, "new": {"ar": scores(np.zeros(3))}}
    found = by_place(intervals(systems, "R@1", "base", draws=Draws(100)))
    assert ("base", "micro", None) in found
    assert not any(language in {"macro", "micro", "de"} for system, language, _ in found if system == "new")
    assert found["new", "ar", "base"].value == -1
    one = intervals(
        {"base": {"ar": scores(np.array([0.0, 1.0]))}}, "R@1", clusters={"ar": {"q0": 4, "q1": 4}}, draws=Draws(100)
    )
    assert one == (Interval("R@1", "base", "ar", None, 0.5, None, None, 1),)
    assert doubts(one)[0].startswith("ar (1): fewer than 20 clusters of queries")
    assert doubts(intervals({"base": {"ar": scores(np.ones(20))}}, "R@1", draws=Draws(100))) == ()


def test_other_queries_and_unknown_baselines_are_refused():
    with pytest.raises(UsageError, match="'new' was scored on different queries in 'ar'"):
        intervals({"base": {"ar": scores(np.ones(2))}, "new": {"ar": scores(np.ones(3))}}, "R@1")
    with pytest.raises(UsageError, match="no run of the baseline 'plain'"):
        intervals({"base": {"ar": scores(np.ones(2))}}, "R@1", "plain")
