"""How well expected queries do where nothing was learned, without labels: a held-out passage's own mean queries ask for
it among all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.arithmetic import normalized
from pyserini_xqg.fusion.prior_record import HeldOutScores

_ROUNDING = 1e-6
"""Scores no further apart are the same."""


@dataclass(frozen=True, slots=True)
class HeldOutSample:
    """Some passages with queries.

    :param folds: the fold of each, integer ``[passages]``.
    :param passages: float32 ``[passages, dimension]``.
    :param means: their mean queries, zeros where there is none, float32 ``[languages, passages, dimension]``.
    :param there: whether there is one, bool ``[languages, passages]``.
    """

    folds: np.ndarray
    passages: np.ndarray
    means: np.ndarray
    there: np.ndarray


def held_out_scores(
    sample: HeldOutSample, language_means: np.ndarray, slopes: Sequence[np.ndarray], centres: np.ndarray, alpha: float
) -> HeldOutScores | None:
    """Each fold's passages among all, by their view in the query's language; None where there is nothing to tell apart.

    :param language_means: float32 ``[languages, dimension]``.
    :param slopes: for each fold the slope learned from the others, float32 ``[dimension, dimension]``.
    :param centres: each language's mean passage, float32 ``[languages, dimension]``.
    """
    found: list[np.ndarray] = []
    about: list[np.ndarray] = []
    passages = sample.passages
    for fold, slope in enumerate(slopes):
        for language, mean in enumerate(language_means):
            asked = np.flatnonzero(sample.there[language] & (sample.folds == fold))
            if len(passages) < 2 or not len(asked):
                continue
            queries = sample.means[language, asked]
            predicted = mean + (passages - centres[language]) @ slope
            views = (passages, (1 - alpha) * passages + alpha * mean, (1 - alpha) * passages + alpha * predicted)
            about.append(asked)
            found.append(np.stack([_reciprocal_ranks(queries, normalized(view.copy()), asked) for view in views]))
    if not found:
        return None
    scores = np.concatenate(found, axis=1)
    plain, mean_score, predicted_score = scores.mean(axis=1).tolist()
    return HeldOutScores(plain, mean_score, predicted_score, _error(scores[2] - scores[1], np.concatenate(about)))


def _error(differences: np.ndarray, passages: np.ndarray) -> float:
    """The standard error of a mean of differences, those about one passage being drawn together."""
    _, places = np.unique(passages, return_inverse=True)
    totals = np.bincount(places, weights=differences - differences.mean())
    return float(np.sqrt((totals**2).sum()) / len(differences))


def _reciprocal_ranks(queries: np.ndarray, vectors: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Passages that score alike share their ranks: at alpha 1 the mean query makes one vector of all of them."""
    scores = queries @ vectors.T
    own = scores[np.arange(len(queries)), relevant]
    higher = (scores > own[:, None] + _ROUNDING).sum(axis=1)
    alike = (np.abs(scores - own[:, None]) <= _ROUNDING).sum(axis=1) - 1
    ranks: np.ndarray = 1.0 + higher + alike / 2
    return 1.0 / ranks
