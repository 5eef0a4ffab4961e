"""Tuned weights: the grid, the scores against the real fusing and scoring, folds."""

from __future__ import annotations

import time

import numpy as np
import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation, Scaling
from pyserini_xqg.runs.rank_fusion.method import RankFusionMethod
from pyserini_xqg.runs.rank_fusion.registry import METHODS
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.runs.rankings import Rankings
from pyserini_xqg.tune.pool import make_pool, score_topics
from pyserini_xqg.tune.weights import Tuning, at_points, best_point, held_out_points, make_folds, simplex, tune_weights

MEASURES = ("MRR@10", "MRR", "R@1", "R@5", "Success@3", "nDCG@10", "nDCG")


def random_runs(
    topics: int, hits: int, documents: int, seed: int = 0, ties: bool = True
) -> tuple[list[Rankings], dict[str, dict[str, int]]]:
    """Three runs and judgments; scores tie, topics are missing in runs, judged documents are found by none, some
    judgments are 0.
    """
    chance = np.random.default_rng(seed)
    judgments = {
        f"t{topic}": {
            f"d{d}": int(grade)
            for d, grade in zip(chance.permutation(documents)[:6], chance.integers(0, 4, 6), strict=True)
        }
        for topic in range(topics)
    }
    runs: list[Rankings] = []
    for run in range(3):
        runs.append({})
        for topic in range(topics):
            if chance.random() < 0.1 * run:
                continue
            scores = np.sort(chance.integers(1, 12, hits) / 4 if ties else chance.random(hits))[::-1] * 10.0**run
            runs[run][f"t{topic}"] = {
                f"d{d}": float(score) for d, score in zip(chance.permutation(documents)[:hits], scores, strict=True)
            }
    return runs, judgments


def test_the_grid_holds_every_mixture_once():
    grid = simplex(3, 0.5)
    assert {tuple(point) for point in grid[:-1]} == {
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
        (0.5, 0.5, 0),
        (0.5, 0, 0.5),
        (0, 0.5, 0.5),
    }
    assert grid[-1].tolist() == pytest.approx([1 / 3] * 3)
    assert len(simplex(3, 0.1)) == 67
    assert len(simplex(2, 0.1)) == 11
    np.testing.assert_allclose(simplex(4, 0.05).sum(axis=1), 1)


@pytest.mark.parametrize("step", [0.3, 0.0, -0.1, 2.0])
def test_steps_that_do_not_fit(step: float):
    with pytest.raises(UsageError, match="divides 1"):
        simplex(2, step)


def test_a_grid_too_fine_is_refused():
    with pytest.raises(UsageError, match="points, more than"):
        simplex(5, 0.01)


@pytest.mark.parametrize("method", [*METHODS.values(), ReciprocalRanks(5), Interpolation(Scaling.NONE)], ids=str)
def test_every_point_scores_as_fuse_and_evaluate_do(method: RankFusionMethod):
    runs, judgments = random_runs(30, 12, 25)
    measures = parse_measures(MEASURES)
    pool = make_pool(runs, judgments, method)
    for point in simplex(3, 0.25):
        fused = fuse_rankings(runs, RankFusion(method, tuple(point)))
        printed = {qid: {docid: float(f"{score:.9g}") for docid, score in hits.items()} for qid, hits in fused.items()}
        expected = score_rankings(printed, judgments, measures)
        ranks = pool.ranks(point)
        for measure in measures:
            theirs = [expected.per_query[measure.name][qid] for qid in pool.topics]
            assert score_topics(pool, ranks, measure).tolist() == pytest.approx(theirs, abs=1e-9), (measure, point)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_run_of_all_the_weight_scores_as_it_does_alone(method: RankFusionMethod):
    runs, judgments = random_runs(40, 12, 25)
    (measure,) = parse_measures(["MRR"])
    pool = make_pool(runs, judgments, method)
    weights = np.array([0.0, 0.0, 1.0])
    ours = score_topics(pool, pool.ranks(weights), measure)
    alone = fuse_rankings([runs[2], {}], RankFusion(method))
    assert len(runs[2]) < 40
    expected = score_rankings(alone, judgments, [measure]).per_query["MRR"]
    assert ours.tolist() == pytest.approx([expected[qid] for qid in pool.topics])


def test_runs_that_answer_nothing():
    pool = make_pool([{}, {}], {"t": {"d": 1}}, ReciprocalRanks())
    (measure,) = parse_measures(["MRR@10"])
    assert score_topics(pool, pool.ranks(np.array([0.5, 0.5])), measure).tolist() == [0.0]


def test_of_equal_points_the_one_nearest_to_equal_weights():
    grid = simplex(2, 0.25)
    scores = np.zeros((len(grid), 4))
    scores[1:] = 1
    assert grid[best_point(grid, [scores])].tolist() == [0.5, 0.5]
    scores[[0, 4]] = 2
    assert best_point(grid, [scores]) in (0, 4)


def test_languages_count_alike_however_many_topics():
    grid = simplex(2, 1.0)
    many, few = np.zeros((len(grid), 100)), np.zeros((len(grid), 1))
    first, second = (int(np.flatnonzero(grid[:, run] == 1)[0]) for run in (0, 1))
    many[first], few[second] = 0.6, 1.0
    tuning = Tuning(grid, {"ar": tuple(map(str, range(100))), "ja": ("0",)}, {"ar": many, "ja": few})
    assert tuning.best() == second
    assert tuning.best(["ar"]) == first


def test_a_topic_has_one_fold_in_all_languages():
    topics = {"ar": [f"q{n}" for n in range(20)], "ja": [f"q{n}" for n in range(19, 4, -1)]}
    folds = make_folds(topics, 5, 3)
    of_arabic = dict(zip(topics["ar"], folds["ar"], strict=True))
    assert all(of_arabic[qid] == fold for qid, fold in zip(topics["ja"], folds["ja"], strict=True))
    assert np.bincount(folds["ar"]).tolist() == [4] * 5
    assert not np.array_equal(folds["ar"], make_folds(topics, 5, 4)["ar"])
    for bad in (1, 21):
        with pytest.raises(UsageError, match="number of topics, 20"):
            make_folds(topics, bad, 0)


def test_a_topic_is_judged_at_weights_that_it_had_no_part_in():
    grid = simplex(2, 0.5)
    scores = np.zeros((len(grid), 4))
    scores[0, 0] = 10.0  # only the topic in fold 0 likes this point
    scores[1, 1:] = 1.0
    folds = {"ar": np.array([0, 1, 2, 3])}
    points = held_out_points(Tuning(grid, {"ar": ("a", "b", "c", "d")}, {"ar": scores}), folds)
    assert points["ar"].tolist() == [1, 0, 0, 0]
    assert at_points(scores, points["ar"]).tolist() == [0.0, 0.0, 0.0, 0.0]


def test_many_points_are_quick():
    runs, judgments = random_runs(500, 100, 2000, ties=False)
    pools = {"ar": make_pool(runs, judgments, Interpolation())}
    started = time.process_time()
    tuning = tune_weights(pools, parse_measures(["MRR@10"])[0], simplex(3, 0.1))
    assert tuning.scores["ar"].shape == (67, 500)
    # Fusing and scoring anew takes a second a point: a bound ten times what it takes, so that only another algorithm
    # breaks it.
    assert time.process_time() - started < 10
