from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.evaluate.statistics import bootstrap
from pyserini_xqg.evaluate.statistics.bootstrap import interval, mean_defined, resampled_totals


def slow_totals(columns: list[list[float]], resamples: int, seed: int) -> list[list[float]]:
    """Draw whole clusters with replacement and add up what they hold, one by one."""
    drawn = np.random.default_rng(seed).integers(len(columns), size=(resamples, len(columns))).tolist()
    return [
        [sum(columns[cluster][place] for cluster in row) for place in range(len(columns[0]))]
        for row in [list(range(len(columns))), *drawn]
    ]


@pytest.mark.parametrize("numbers_at_once", [1, 30, 10**6])
def test_as_the_slow_way_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, numbers_at_once: int):
    monkeypatch.setattr(bootstrap, "_NUMBERS_AT_ONCE", numbers_at_once)
    columns = np.random.default_rng(7).random((11, 4))
    assert resampled_totals(columns, 50, seed=3) == pytest.approx(np.array(slow_totals(columns.tolist(), 50, seed=3)))


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    values = np.random.default_rng(0).normal(size=400)
    totals = resampled_totals(np.stack([values, np.ones(400)], axis=1), 4000, seed=0)
    low, high = interval(totals[1:, 0] / totals[1:, 1]) or (0.0, 0.0)
    error = values.std() / 20
    assert (high - low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.05)
    assert (high + low) / 2 == pytest.approx(values.mean(), abs=error / 5)


def test_resamples_in_which_a_statistic_is_undefined_are_left_out_unless_they_are_most():
    assert interval(np.array([1.0, 2.0, 3.0, np.nan])) == pytest.approx((1.05, 2.95))
    assert interval(np.array([1.0, np.nan, np.nan])) is None
    assert interval(np.array([])) is None or np.isnan(interval(np.array([]))[0])


def test_a_language_without_a_query_in_a_resample_leaves_the_average_to_the_others():
    assert mean_defined(np.array([[1.0, np.nan, np.nan], [3.0, 4.0, np.nan]])) == pytest.approx(
        [2.0, 4.0, np.nan], nan_ok=True
    )
