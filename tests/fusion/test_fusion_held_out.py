"""Scores of passages held out against loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pyserini_xqg.fusion.held_out import HeldOutSample, held_out_scores

DIMENSION, LANGUAGES, FOLDS = 8, 2, 3


def sample(passages: int = 60, seed: int = 5) -> tuple[HeldOutSample, np.ndarray, list[np.ndarray], np.ndarray]:
    """Passages, each language's mean query, the slope that makes their queries, and the passages' means."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((passages, DIMENSION)).astype(np.float32)
    slope = np.linalg.qr(random.standard_normal((DIMENSION, DIMENSION)))[0].astype(np.float32)
    means = 2 * random.standard_normal((LANGUAGES, DIMENSION)).astype(np.float32)
    noise = 0.1 * random.standard_normal((LANGUAGES, passages, DIMENSION)).astype(np.float32)
    queries = means[:, None] + vectors @ slope + noise
    there = random.random((LANGUAGES, passages)) < 0.7
    own = HeldOutSample(np.arange(passages) % FOLDS, vectors, np.where(there[:, :, None], queries, 0), there)
    return own, means, [slope] * FOLDS, np.zeros((LANGUAGES, DIMENSION), np.float32)


def by_loops(own: HeldOutSample, means: np.ndarray, slopes: list[np.ndarray], centres: np.ndarray, alpha: float):
    ranks: list[list[float]] = []
    for fold, slope in enumerate(slopes):
        rows = [row for row in range(len(own.folds)) if own.folds[row] == fold]
        for language in range(LANGUAGES):
            for asked in rows:
                if not own.there[language, asked]:
                    continue
                found = []
                for drawn in (
                    lambda p: p,
                    lambda p, m=means[language]: (1 - alpha) * p + alpha * m,
                    lambda p, m=means[language], c=centres[language], s=slope: (
                        (1 - alpha) * p + alpha * (m + (p - c) @ s)
                    ),
                ):
                    vectors = [drawn(own.passages[row].astype(np.float64)) for row in rows]
                    scores = {
                        row: vector @ own.means[language, asked] / np.linalg.norm(vector)
                        for row, vector in zip(rows, vectors, strict=True)
                    }
                    others = [score - scores[asked] for row, score in scores.items() if row != asked]
                    found.append(1 / (1 + sum((other > 1e-6) + (abs(other) <= 1e-6) / 2 for other in others)))
                ranks.append(found)
    return np.mean(ranks, axis=0)


@pytest.mark.parametrize("alpha", [0.0, 0.4, 1.0])
def test_they_are_those_of_loops(alpha: float):
    own, means, slopes, centres = sample()
    found = held_out_scores(own, means, slopes, centres + 0.1, alpha)
    assert found is not None
    expected = by_loops(own, means, slopes, centres + 0.1, alpha)
    assert (found.plain, found.mean, found.predicted) == pytest.approx(tuple(expected), abs=0.01)


def test_the_right_map_finds_what_the_mean_query_does_not():
    found = held_out_scores(*sample(), alpha=0.8)
    assert found is not None
    assert found.predicted > 0.9
    assert found.predicted > found.mean + 0.3
    assert held_out_scores(*sample(), alpha=0.0).predicted == held_out_scores(*sample(), alpha=0.0).plain


def test_passages_that_are_all_alike_are_not_all_the_best():
    """At alpha 1 the mean query makes one vector of them all, which finds a passage no better than chance does."""
    own, means, slopes, centres = sample()
    found = held_out_scores(own, means, slopes, centres, 1.0)
    assert found is not None
    assert found.mean == pytest.approx(1 / (1 + 19 / 2))
    assert found.predicted > 0.9


def test_where_no_fold_has_two_passages_to_tell_apart_nothing_is_known():
    own, means, slopes, centres = sample(3)
    assert held_out_scores(own, means, slopes, centres, 0.4) is None
    nobody = replace(sample()[0], there=np.zeros((LANGUAGES, 60), bool))
    assert held_out_scores(nobody, means, slopes, centres, 0.4) is None
