"""Weights of rankings, tuned on dev topics: a grid over all that sum to 1, and folds that judge them on topics they
were not chosen on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.tune.measure import tunable
from pyserini_xqg.tune.pool import Pool, score_topics

MOST_POINTS = 20_000


def simplex(runs: int, step: float) -> np.ndarray:
    """All weights that are multiples of ``step`` and sum to 1, and equal weights where the grid lacks them; float64
    ``[points, runs]``.

    :raises UsageError: 1 is no multiple of ``step``, or there are too many points.
    """
    steps = round(1 / step) if step > 0 else 0
    if steps < 1 or abs(steps * step - 1) > 1e-9:
        raise UsageError(f"--grid {step:g}: expected a step that divides 1, such as 0.1 or 0.05")
    points = comb(steps + runs - 1, runs - 1)
    if points > MOST_POINTS:
        raise UsageError(
            f"--grid {step:g} over {runs} runs has {points:,} points, more than {MOST_POINTS:,}; take a larger step "
            "or fewer runs"
        )
    bars = np.array(list(combinations(range(steps + runs - 1), runs - 1)), dtype=np.int64).reshape(points, runs - 1)
    edges = np.hstack([np.full((points, 1), -1), bars, np.full((points, 1), steps + runs - 1)])
    grid = (np.diff(edges, axis=1) - 1) / steps
    return grid if steps % runs == 0 else np.vstack([grid, np.full((1, runs), 1 / runs)])


@dataclass(frozen=True, slots=True)
class Tuning:
    """The score of every topic at every point of the grid.

    :param grid: float64 ``[points, runs]``.
    :param topics: language -> its topics.
    :param scores: language -> float64 ``[points, topics]``.
    """

    grid: np.ndarray
    topics: Mapping[str, tuple[str, ...]]
    scores: Mapping[str, np.ndarray]

    def means(self) -> dict[str, np.ndarray]:
        """Language -> the mean over its topics at each point, float64 ``[points]``."""
        return {code: scores.mean(axis=1) for code, scores in self.scores.items()}

    def best(self, codes: Sequence[str] = ()) -> int:
        """The point with the highest mean over these languages, all where none is named."""
        return best_point(self.grid, [self.scores[code] for code in codes or self.scores])


def tune_weights(pools: Mapping[str, Pool], measure: Measure, grid: np.ndarray) -> Tuning:
    """Score every topic at every point.

    :param pools: language -> its runs side by side, the same runs in each.
    :raises UsageError: the measure cannot be computed from qrels.
    """
    over_qrels = tunable(measure)
    scores = {
        code: np.stack([score_topics(pool, pool.ranks(point), over_qrels) for point in grid])
        for code, pool in pools.items()
    }
    return Tuning(grid, {code: pool.topics for code, pool in pools.items()}, scores)


def best_point(grid: np.ndarray, scores: Sequence[np.ndarray]) -> int:
    """The point with the highest mean of the languages' means; of those that tie, the one nearest to equal weights.

    :param scores: one ``[points, topics]`` a language; those without topics do not count.
    """
    average = np.mean([language.mean(axis=1) for language in scores if language.shape[1]], axis=0).round(12)
    unevenness = np.square(grid - 1 / grid.shape[1]).sum(axis=1).round(12)
    return int(np.lexsort((unevenness, -average))[0])


def make_folds(topics: Mapping[str, Sequence[str]], folds: int, seed: int) -> dict[str, np.ndarray]:
    """Language -> the fold of each of its topics, int64 ``[topics]``.

    A topic has one fold in all languages: translations of a question carry its id, and one must not be learned from
    another.

    :raises UsageError: fewer than two folds, or more folds than topics.
    """
    names = sorted({qid for qids in topics.values() for qid in qids})
    if folds < 2 or folds > len(names):
        raise UsageError(f"--folds is {folds}; it must be from 2 to the number of topics, {len(names)}")
    shuffled = np.random.default_rng(seed).permutation(len(names))
    fold_of = {names[place]: turn % folds for turn, place in enumerate(shuffled)}
    return {code: np.array([fold_of[qid] for qid in qids], dtype=np.int64) for code, qids in topics.items()}


def held_out_points(tuning: Tuning, folds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Language -> the point that each topic is judged at: the best one on the other folds of all these languages, int64
    ``[topics]``.
    """
    chosen = {code: np.zeros(len(fold), dtype=np.int64) for code, fold in folds.items()}
    for fold in np.unique(np.concatenate(list(folds.values()))):
        point = best_point(tuning.grid, [tuning.scores[code][:, folds[code] != fold] for code in folds])
        for code in folds:
            chosen[code][folds[code] == fold] = point
    return chosen


def at_points(scores: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The score of each topic at its own point, float64 ``[topics]``.

    :param scores: float64 ``[points, topics]``.
    :param points: int64 ``[topics]``.
    """
    return scores[points, np.arange(scores.shape[1])]
