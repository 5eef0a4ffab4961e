"""Paired tests of drops, and of what systems gain over the baseline, each kind corrected for its number of tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.significance import Comparison, compare
from pyserini_xqg.robustness.comparison.figures import Figure
from pyserini_xqg.robustness.comparison.outcome import PerQuery
from pyserini_xqg.robustness.comparison.per_query import MeasuredQueries

type Key = tuple[str, str, str]
"""``(perturbation, system, language)``."""
type Tests = dict[tuple[Figure, str, str, str], Comparison]
"""``(figure, perturbation, system, language)`` -> the paired t-test that the figure is not 0."""
type _Values = Callable[[PerQuery], np.ndarray]


def run_tests(measured: MeasuredQueries, baseline: str | None) -> Tests:
    """Test every drop and, with a baseline, every difference from it.

    Each kind of figure is one family of tests: the drops of all systems in all languages under all perturbations, say.
    """
    tests = _drops(measured)
    if baseline is not None:
        # Clean scores are the same under every perturbation: one test a system and language, not one a perturbation.
        tests |= _differences(
            measured, baseline, Figure.CLEAN_DIFFERENCE, lambda scores: scores.clean, lambda key: key[2]
        )
        tests |= _differences(
            measured, baseline, Figure.PERTURBED_DIFFERENCE, lambda scores: scores.perturbed, _perturbation_and_language
        )
        tests |= _differences(
            measured, baseline, Figure.DROP_DIFFERENCE, lambda scores: scores.drop, _perturbation_and_language
        )
    return tests


def _drops(measured: MeasuredQueries) -> Tests:
    keys = {"\t".join(key): key for key in measured.scores}
    before = {place: _scores(measured, key, lambda scores: scores.clean) for place, key in keys.items()}
    after = {place: _scores(measured, key, lambda scores: scores.perturbed) for place, key in keys.items()}
    return {
        (Figure.DROP, *keys[test.language]): test
        for test in compare({"before": before, "after": after}, "after", measured.measure)
    }


def _differences(
    measured: MeasuredQueries, baseline: str, figure: Figure, values: _Values, place: Callable[[Key], str]
) -> Tests:
    systems: dict[str, dict[str, RunScores]] = {baseline: {}}
    for key in measured.scores:
        systems.setdefault(key[1], {})[place(key)] = _scores(measured, key, values)
    tests = {(test.system, test.language): test for test in compare(systems, baseline, measured.measure)}
    return {(figure, *key): tests[key[1], place(key)] for key in measured.scores if (key[1], place(key)) in tests}


def _perturbation_and_language(key: Key) -> str:
    return f"{key[0]}\t{key[2]}"


def _scores(measured: MeasuredQueries, key: Key, values: _Values) -> RunScores:
    return RunScores(
        {measured.measure: dict(zip(measured.qids[key[2]], values(measured.scores[key]).tolist(), strict=True))}
    )
