"""Variances from sums and numbers alone against those of all query vectors, and against known ones."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.fusion.moments import LARGEST_KAPPA, QueryMoments


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def simulated(passages: int, dimension: int, between: float, within: float, seed: int = 1) -> list[np.ndarray]:
    """Each passage's queries, none to six: the language's mean, the passage's own part, and each query's."""
    random = np.random.default_rng(seed)
    mean = unit(random.standard_normal(dimension)) * np.sqrt(1 - between - within)
    made = []
    for _ in range(passages):
        own = mean + random.standard_normal(dimension) * np.sqrt(between / dimension)
        noise = random.standard_normal((random.integers(0, 7), dimension)) * np.sqrt(within / dimension)
        made.append(unit(own + noise).astype(np.float32))
    return made


def moments_of(queries: list[np.ndarray], rows: int = 7) -> QueryMoments:
    dimension = queries[0].shape[1]
    moments = QueryMoments(np.zeros(dimension))
    for start in range(0, len(queries), rows):
        part = queries[start : start + rows]
        moments.add(np.array([own.sum(axis=0) for own in part], np.float32), np.array([len(own) for own in part]))
    return moments


def directly(queries: list[np.ndarray]) -> tuple[float, float]:
    """Variance within and between passages, from the vectors themselves."""
    asked = [own.astype(np.float64) for own in queries if len(own)]
    numbers = np.array([len(own) for own in asked])
    whole = np.concatenate(asked).mean(axis=0)
    within = sum(((own - own.mean(axis=0)) ** 2).sum() for own in asked) / (numbers.sum() - len(asked))
    spread = sum(len(own) * ((own.mean(axis=0) - whole) ** 2).sum() for own in asked) / (len(asked) - 1)
    per_passage = (numbers.sum() - (numbers**2).sum() / numbers.sum()) / (len(asked) - 1)
    return within, (spread - within) / per_passage


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_they_are_those_of_all_query_vectors(rows: int):
    queries = simulated(60, 24, 0.2, 0.3)
    moments = moments_of(queries, rows)
    assert (moments.within, moments.between) == pytest.approx(directly(queries), rel=1e-4)
    assert moments.kappa == pytest.approx(directly(queries)[0] / directly(queries)[1], rel=1e-4)
    assert moments.passages == sum(len(own) > 0 for own in queries)
    assert moments.queries == sum(map(len, queries))
    np.testing.assert_allclose(moments.mean, np.concatenate(queries).mean(axis=0), atol=1e-6)


@pytest.mark.parametrize(("between", "within"), [(0.2, 0.3), (0.05, 0.4), (0.3, 0.1)])
def test_they_find_variances_that_are_known(between: float, within: float):
    moments = moments_of(simulated(3000, 256, between, within), 500)
    assert moments.within == pytest.approx(within, rel=0.05)
    assert moments.between == pytest.approx(between, rel=0.1)
    assert moments.kappa == pytest.approx(within / between, rel=0.1)


def test_where_passages_do_not_differ_their_own_queries_say_next_to_nothing():
    assert moments_of(simulated(300, 64, 0.0, 0.4)).kappa == LARGEST_KAPPA


def test_queries_that_are_all_the_same_say_nothing_and_are_no_nan():
    same = [np.eye(1, 8, dtype=np.float32).repeat(number, axis=0) for number in (1, 2, 3, 4)]
    moments = moments_of(same)
    assert moments.within == pytest.approx(0.0, abs=1e-6)
    assert moments.kappa == LARGEST_KAPPA


def test_a_passage_that_asks_the_same_twice_has_a_kappa_of_nearly_none():
    random = np.random.default_rng(2)
    moments = moments_of([unit(random.standard_normal((1, 32))).repeat(2, axis=0).astype(np.float32) for _ in range(9)])
    assert moments.kappa == pytest.approx(0.0, abs=1e-5)


def test_what_cannot_be_told_is_none():
    vector = np.eye(1, 4, dtype=np.float32)
    assert QueryMoments(np.zeros(4)).kappa is None
    single = moments_of([vector, vector, vector[:0]])
    assert (single.within, single.between, single.kappa) == (None, None, None)
    one_passage = moments_of([vector.repeat(3, axis=0), vector[:0]])
    assert (one_passage.within, one_passage.between, one_passage.kappa) == (pytest.approx(0.0), None, None)
    np.testing.assert_array_equal(QueryMoments(np.zeros(4)).mean, np.zeros(4))
