from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.power import Power, in_words, power


def scores(values: np.ndarray, prefix: str = "q") -> RunScores:
    return RunScores({"R@1": {f"{prefix}{number}": float(value) for number, value in enumerate(values)}})


def test_as_statsmodels_at_the_corrected_level():
    chance = np.random.default_rng(1)
    differences = {"ar": chance.normal(0, 0.3, 190), "de": chance.normal(0, 0.1, 80)}
    base = {code: scores(np.zeros(len(mine)), code) for code, mine in differences.items()}
    new = {code: scores(mine, code) for code, mine in differences.items()}
    found = {one.language: one for one in power({"base": base, "new": new}, "base", "R@1")}
    assert {code: (one.level, one.queries) for code, one in found.items()} == {
        "ar": (0.025, 190), "de": (0.025, 80), "macro": (0.05, 270), "micro": (0.05, 270),
    }  # fmt: skip
    for code, mine in differences.items():
        effect = TTestPower().solve_power(nobs=len(mine), alpha=0.025, power=0.8, alternative="two-sided")
        assert found[code].detectable == pytest.approx(effect * mine.std(ddof=1), rel=1e-3)
    everything = np.concatenate(list(differences.values()))
    effect = TTestPower().solve_power(nobs=270, alpha=0.05, power=0.8, alternative="two-sided")
    assert found["micro"].detectable == pytest.approx(effect * everything.std(ddof=1), rel=1e-3)


def test_a_difference_of_that_size_is_found_in_four_samples_of_five():
    chance = np.random.default_rng(2)
    sample = stats.norm.ppf((np.arange(40) + 0.5) / 40)
    (one,) = power({"base": {"ar": scores(np.zeros(40))}, "new": {"ar": scores(sample)}}, "base", "R@1")
    assert one.detectable is not None
    many = chance.normal(one.detectable, sample.std(ddof=1), (4000, 40))
    assert np.mean(stats.ttest_1samp(many, 0, axis=1).pvalue < 0.05) == pytest.approx(0.8, abs=0.025)


def test_what_cannot_be_known_is_none():
    same = np.ones(30)
    systems = {"base": {"ar": scores(same), "bn": scores(np.ones(1)), "de": scores(np.zeros(2))}}
    systems["new"] = {"ar": scores(same), "bn": scores(np.zeros(1)), "de": scores(np.array([0.1, 0.5]))}
    systems |= {f"new{n}": systems["new"] for n in range(30)}
    found = {one.language: one.detectable for one in power(systems, "base", "R@1") if one.system == "new"}
    assert (found["ar"], found["bn"], found["de"]) == (None, None, None)


def test_in_words():
    powers = [
        Power("R@1", "new", "base", "ar", 190, 0.025, 0.0231),
        Power("R@1", "new", "base", "bn", 190, 0.025, 0.04),
        Power("R@1", "new", "base", "de", 1, 0.025, None),
        Power("R@1", "new", "base", "fi", 2, 0.025, 1.7),
        Power("R@1", "new", "base", "macro", 383, 0.05, 0.0119),
        Power("R@5", "new", "base", "ar", 190, 0.025, 0.01),
    ]
    assert in_words(powers) == (
        "R@1, new and base: with 190 queries 2.3 in ar, 4.0 in bn; with 2 queries 100.0 in fi; with 383 queries 1.2 "
        "(macro); unknown in de",
        "R@5, new and base: with 190 queries 1.0 in ar",
    )
