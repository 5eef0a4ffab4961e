from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pyserini_xqg.evaluate.statistics import randomisation
from pyserini_xqg.evaluate.statistics.randomisation import Draws, randomisation_p


def by_scipy(differences: np.ndarray, resamples: float) -> float:
    def mean(sample: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(np.mean(sample, axis=axis))

    return float(
        stats.permutation_test(
            (differences,), mean, permutation_type="samples", vectorized=True, n_resamples=resamples, rng=5
        ).pvalue
    )


def test_darwins_maize():
    # Fisher 1935, section 21: of 32,768 ways to give signs to 15 differences, 1,726 have a total at least as far from 0
    # as Darwin's 314.
    differences = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48], float)
    assert randomisation_p([differences / 15], Draws()) == [1726 / 32768]


def test_by_hand():
    three, mixed, none = np.array([0.1, 0.1, 0.1]), np.array([1.0, 1.0, -1.0, 0.0, 0.0]), np.zeros(4)
    # All three alike: 2 of 8 ways. A total of 1 of -3, -1, 1, 3: every way. No difference: the only way.
    assert randomisation_p([three, mixed, none], Draws()) == [0.25, 1.0, 1.0]
    assert randomisation_p([], Draws()) == []


def test_exact_as_scipy():
    chance = np.random.default_rng(1)
    samples = [chance.normal(0.3, 1, size) for size in (2, 5, 9, 12)]
    assert randomisation_p(samples, Draws()) == pytest.approx([by_scipy(sample, np.inf) for sample in samples])


def test_drawn_near_scipys_and_the_same_for_the_same_seed():
    chance = np.random.default_rng(2)
    samples = [chance.normal(0.15, 1, 80), chance.choice([-1.0, 0.0, 1.0], 200, p=[0.05, 0.83, 0.12])]
    found = randomisation_p(samples, Draws(20_000, seed=1))
    assert found == pytest.approx([by_scipy(sample, 20_000) for sample in samples], abs=0.01)
    assert found == randomisation_p(samples, Draws(20_000, seed=1))
    assert found != randomisation_p(samples, Draws(20_000, seed=2))


@pytest.mark.parametrize("numbers_at_once", [1, 1000, 10**7])
def test_drawn_near_exact_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, numbers_at_once: int):
    sample = np.random.default_rng(3).normal(0.4, 1, 14)
    (exact,) = randomisation_p([sample], Draws())
    monkeypatch.setattr(randomisation, "_MOST_WAYS", 1)
    monkeypatch.setattr(randomisation, "_NUMBERS_AT_ONCE", numbers_at_once)
    assert randomisation_p([sample, np.ones(30)], Draws(20_001)) == pytest.approx([exact, 1 / 20_002], abs=0.01)


def test_p_is_never_0():
    (p,) = randomisation_p([np.ones(400)], Draws(1000))
    assert p == 1 / 1001


def test_p_is_even_where_there_is_no_difference():
    """Under the null hypothesis p is below 0.05 in about 5% of the samples, in skewed ones, too."""
    chance = np.random.default_rng(4)
    samples = [(chance.exponential(size=40) - chance.exponential(size=40)) for _ in range(400)]
    found = np.array(randomisation_p(samples, Draws(2000)))
    assert np.mean(found < 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(found) == pytest.approx(0.5, abs=0.05)
