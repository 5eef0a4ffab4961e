"""The ridge regression against least squares on the same pairs, each with its mean taken off."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from pyserini_xqg.fusion.expected.moments import NOISE_KAPPA
from pyserini_xqg.fusion.expected.predictor import PENALTIES, Pairs, learn

DIMENSION, LANGUAGES = 10, 3


class Sample:
    """Passages with queries in several languages; some have none in one, and some none at all."""

    def __init__(self, passages: int = 150, signal: float = 1.0, seed: int = 4) -> None:
        random = np.random.default_rng(seed)
        slope = np.linalg.qr(random.standard_normal((DIMENSION, DIMENSION)))[0]
        centres = random.standard_normal((LANGUAGES, DIMENSION))
        shape = LANGUAGES, passages, DIMENSION
        self.passages = (random.standard_normal((passages, DIMENSION)) + 1).astype(np.float32)
        self.numbers = random.integers(0, 5, (passages, LANGUAGES))
        self.numbers[::7] = 0
        means = centres[:, None] + signal * self.passages @ slope + 0.5 * random.standard_normal(shape)
        self.means = np.where(self.numbers.T[:, :, None] > 0, means, 0).astype(np.float32)
        self.weights = (self.numbers / (self.numbers + NOISE_KAPPA)).T

    def pairs(self, rows: np.ndarray, step: int = 1000) -> Pairs:
        made = Pairs.none(LANGUAGES, DIMENSION)
        for part in np.array_split(rows, range(step, len(rows), step)):
            sums = [own[part] * number[part][:, None] for own, number in zip(self.means, self.numbers.T, strict=True)]
            made.add(self.passages[part], [own.astype(np.float32) for own in sums], self.numbers[part])
        return made

    def folds(self, number: int = 5) -> list[np.ndarray]:
        return np.array_split(np.arange(len(self.passages)), number)

    def centred(self, rows: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Inputs, outputs and weights of the pairs in ``rows``, with the means of those in ``base`` taken off."""
        inputs, outputs, weights = [], [], []
        for means, own in zip(self.means.astype(np.float64), self.weights, strict=True):
            asked = rows[own[rows] > 0]
            inputs.append(self.passages[asked] - np.average(self.passages[base], axis=0, weights=own[base]))
            outputs.append(means[asked] - np.average(means[base], axis=0, weights=own[base]))
            weights.append(own[asked])
        return np.concatenate(inputs), np.concatenate(outputs), np.concatenate(weights)

    def ridge(self, rows: np.ndarray, penalty: float) -> np.ndarray:
        inputs, outputs, weights = self.centred(rows, rows)
        root = np.sqrt(weights)[:, None]
        damped = np.sqrt(penalty * weights.sum()) * np.eye(DIMENSION)
        left = np.concatenate([root * inputs, damped])
        right = np.concatenate([root * outputs, np.zeros((DIMENSION, DIMENSION))])
        return np.linalg.lstsq(left, right, rcond=None)[0]

    def loss(self, rows: np.ndarray, base: np.ndarray, slope: np.ndarray) -> float:
        inputs, outputs, weights = self.centred(rows, base)
        return float((weights[:, None] * (outputs - inputs @ slope) ** 2).sum())


@pytest.mark.parametrize("signal", [1.0, 0.2])
def test_it_is_the_ridge_with_the_penalty_that_does_best_on_what_is_left_out(signal: float):
    sample = Sample(signal=signal)
    folds, every = sample.folds(), np.arange(150)
    found = learn([sample.pairs(rows) for rows in folds])
    assert found is not None
    losses = [
        sum(sample.loss(rows, rest, sample.ridge(rest, penalty)) for rows in folds for rest in [without(every, rows)])
        for penalty in PENALTIES
    ]
    assert found.penalty == PENALTIES[int(np.argmin(losses))]
    np.testing.assert_allclose(found.slope, sample.ridge(every, found.penalty), atol=1e-4)
    for rows, slope in zip(folds, found.folds, strict=True):
        np.testing.assert_allclose(slope, sample.ridge(without(every, rows), found.penalty), atol=1e-4)
    assert found.passages == np.count_nonzero(sample.numbers.any(axis=1))
    assert found.slope.dtype == np.float32


def without(every: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.setdiff1d(every, rows)


def test_pairs_are_sums_whatever_the_pieces():
    sample = Sample()
    every = np.arange(150)
    whole, parts = sample.pairs(every), sample.pairs(every, step=11)
    folds = [sample.pairs(rows) for rows in sample.folds()]
    for other in (parts, sum(folds[1:], folds[0]), whole + folds[2] - folds[2]):
        for field in fields(Pairs):
            np.testing.assert_allclose(getattr(other, field.name), getattr(whole, field.name), rtol=1e-5, atol=1e-4)
    nothing = Pairs.none(LANGUAGES, DIMENSION)
    nothing.add(sample.passages[::7], [np.zeros_like(sample.passages[::7])] * LANGUAGES, sample.numbers[::7])
    assert nothing.passages == nothing.weights.sum() == nothing.squares.sum() == 0


def test_about_means_are_the_sums_of_what_is_left_when_they_are_taken_off():
    sample = Sample()
    every, base = np.arange(150), np.arange(40, 150)
    pairs, others = sample.pairs(every), sample.pairs(base)
    nothing = np.zeros((LANGUAGES, DIMENSION))
    raw = pairs.about(nothing, nothing)
    np.testing.assert_array_equal(raw[0], pairs.squares)
    np.testing.assert_array_equal(raw[1], pairs.crosses)
    assert raw[2] == pairs.output_square
    for own, centres in ((base, others.centres), (every, pairs.centres)):
        inputs, outputs, weights = sample.centred(every, own)
        squares, crosses, square = pairs.about(*centres)
        np.testing.assert_allclose(squares, (inputs * weights[:, None]).T @ inputs, rtol=1e-4, atol=1e-3)
        np.testing.assert_allclose(crosses, (inputs * weights[:, None]).T @ outputs, rtol=1e-4, atol=1e-3)
        assert square == pytest.approx((weights[:, None] * outputs**2).sum(), rel=1e-4)
        for language, weight in enumerate(sample.weights):
            np.testing.assert_allclose(
                centres[0][language], np.average(sample.passages[own], axis=0, weights=weight[own]), atol=1e-5
            )


def test_a_language_without_queries_has_no_centre():
    sample = Sample()
    sample.numbers[:, 1], sample.means[1] = 0, 0
    pairs = sample.pairs(np.arange(150))
    inputs, outputs = pairs.centres
    assert not inputs[1].any()
    assert not outputs[1].any()
    found = learn([sample.pairs(rows) for rows in sample.folds()])
    assert found is not None
    assert np.isfinite(found.slope).all()


def test_of_noise_there_is_nothing_to_learn():
    found = [
        learn([sample.pairs(rows) for rows in sample.folds()]) for sample in (Sample(2000, 0.0, n) for n in range(6))
    ]
    assert None in found
    for predictor in found:  # by chance a map that says next to nothing may do a little better than none
        assert predictor is None or np.abs(predictor.slope).max() < 0.05


def test_what_lies_in_one_fold_cannot_be_left_out():
    sample = Sample()
    nothing = Pairs.none(LANGUAGES, DIMENSION)
    assert learn([sample.pairs(np.arange(150)), nothing, nothing]) is None
    assert learn([nothing, nothing]) is None
    assert learn([sample.pairs(np.arange(75)), nothing, sample.pairs(np.arange(75, 150))]) is not None


def test_passages_that_are_all_the_same_teach_nothing():
    sample = Sample()
    sample.passages[:] = sample.passages[0]
    found = learn([sample.pairs(rows) for rows in sample.folds()])
    assert found is None or (np.isfinite(found.slope).all() and np.abs(found.slope).max() < 1e-2)
