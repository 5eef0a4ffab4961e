"""Cosines and their deviations, against arithmetic a query at a time."""

from __future__ import annotations

import numpy as np

from pyserini_xqg.filter.checks.consistency import (
    LEAST_REFERENCES,
    REFERENCES,
    cosines,
    reference_places,
    unit,
    zscores,
)

CHANCE = np.random.default_rng(11)


def vectors(number: int, dimension: int = 16) -> np.ndarray:
    return unit(CHANCE.normal(size=(number, dimension)))


def test_the_sample_is_spread_over_the_corpus():
    assert reference_places(0).tolist() == []
    assert reference_places(3).tolist() == [0, 1, 2]
    places = reference_places(1000)
    assert len(places) == len(set(places)) == REFERENCES
    assert places[0] == 0
    assert 980 < places[-1] < 1000
    assert set(np.diff(places)) == {15, 16}
    assert reference_places(18_000_000)[-1] < 18_000_000


def test_zscores_are_those_of_the_definition():
    references, queries = vectors(20), vectors(6)
    passages = np.concatenate([references[[4, 9]], vectors(4)])
    own = np.array([4, 9, -1, -1, -1, -1])
    found = zscores(queries, passages, references, own)
    for row in range(6):
        others = [queries[row] @ references[number] for number in range(20) if number != own[row]]
        expected = (queries[row] @ passages[row] - np.mean(others)) / np.std(others)
        np.testing.assert_allclose(found[row], expected, rtol=1e-5)


def test_too_small_a_sample_judges_nothing():
    for number in (0, 1, LEAST_REFERENCES - 1):
        assert np.isnan(zscores(vectors(3), vectors(3), vectors(number), np.full(3, -1))).all()
    references = vectors(LEAST_REFERENCES)
    found = zscores(vectors(2), references[:2], references, np.array([0, -1]))
    assert np.isnan(found[0]), "without its own passage the sample is too small"
    assert np.isfinite(found[1])


def test_passages_that_are_all_alike_judge_nothing():
    alike = np.repeat(vectors(1), 20, axis=0)
    assert np.isnan(zscores(vectors(3), alike[:3], alike, np.full(3, -1))).all()


def test_cosines_take_any_length_and_zero():
    queries, passages = CHANCE.normal(size=(2, 5, 8)) * 7
    queries[0] = 0
    expected = [
        0,
        *(q @ p / np.linalg.norm(q) / np.linalg.norm(p) for q, p in zip(queries[1:], passages[1:], strict=True)),
    ]
    np.testing.assert_allclose(cosines(unit(queries), unit(passages)), expected, atol=1e-6)
