"""How well expected queries do where nothing was learned, without labels: a held-out passage's own mean queries ask for
it among the other held-out ones.
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
    """Each fold's passages by their view in the query's language; None where no fold has two passages to tell apart.

    :param language_means: float32 ``[languages, dimension]``.
    :param slopes: for each fold the slope learned from the others, float32 ``[dimension, dimension]``.
    :param centres: each language's mean passage, float32 ``[languages, dimension]``.
    """
    found: list[np.ndarray] = []
    for fold, slope in enumerate(slopes):
        rows = np.flatnonzero(sample.folds == fold)
        passages = sample.passages[rows]
        for language, mean in enumerate(language_means):
            asked = np.flatnonzero(sample.there[language, rows])
            if len(rows) < 2 or not len(asked):
                continue
            queries = sample.means[language, rows[asked]]
            predicted = mean + (passages - centres[language]) @ slope
            views = (passages, (1 - alpha) * passages + alpha * mean, (1 - alpha) * passages + alpha * predicted)
            found.append(np.stack([_reciprocal_ranks(queries, normalized(view.copy()), asked) for view in views]))
    if not found:
        return None
    plain, mean_score, predicted_score = np.concatenate(found, axis=1).mean(axis=1).tolist()
    return HeldOutScores(plain, mean_score, predicted_score)


def _reciprocal_ranks(queries: np.ndarray, vectors: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """Passages that score alike share their ranks: at alpha 1 the mean query makes one vector of all of them."""
    scores = queries @ vectors.T
    own = scores[np.arange(len(queries)), relevant]
    higher = (scores > own[:, None] + _ROUNDING).sum(axis=1)
    alike = (np.abs(scores - own[:, None]) <= _ROUNDING).sum(axis=1) - 1
    ranks: np.ndarray = 1.0 + higher + alike / 2
    return 1.0 / ranks
