"""Percentiles in passes over batches, against NumPy's over everything at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from pyserini_xqg.filter.checks.order_statistics import percentiles


def batches(group: np.ndarray, numbers: np.ndarray, size: int = 97):
    def give() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, len(numbers), size):
            yield group[start : start + size], numbers[start : start + size]

    return give


@pytest.mark.parametrize("percent", [0, 0.1, 5, 30, 50, 99.9, 100])
@pytest.mark.parametrize("kind", ["normal", "tied", "tiny", "huge", "one bucket"])
def test_they_are_numpys(kind: str, percent: float):
    chance = np.random.default_rng(3)
    numbers = {
        "normal": chance.normal(size=5000),
        "tied": chance.integers(-3, 3, 5000) / 2,
        "tiny": chance.normal(size=5000) * 1e-42,  # subnormal
        "huge": chance.normal(size=5000) * 1e30,
        "one bucket": 1 + chance.random(5000) * 1e-4,
    }[kind].astype(np.float32)
    group = chance.choice(4, 5000, p=[0.7, 0.2, 0.0998, 0.0002])
    found = percentiles(batches(group, numbers), 5, percent)
    for number in range(4):
        mine = numbers[group == number].astype(np.float64)
        expected = np.percentile(mine, percent) if len(mine) else np.nan
        np.testing.assert_allclose(found[number], expected, rtol=1e-12)
    assert np.isnan(found[4]), "a group without numbers"


def test_nans_are_passed_over():
    numbers = np.array([1, np.nan, 3, np.nan, np.nan], dtype=np.float32)
    assert percentiles(batches(np.array([0, 0, 0, 0, 1]), numbers, 2), 2, 50).tolist()[0] == 2
    assert np.isnan(percentiles(batches(np.array([0, 0, 0, 0, 1]), numbers, 2), 2, 50)[1])


def test_one_number_and_both_zeros():
    assert percentiles(batches(np.array([0]), np.array([-2.5], dtype=np.float32)), 1, 37).tolist() == [-2.5]
    assert percentiles(
        batches(np.zeros(4, int), np.array([0.0, -0.0, -0.0, 0.0], dtype=np.float32)), 1, 50
    ).tolist() == [0]
