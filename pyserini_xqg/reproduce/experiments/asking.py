"""Asks a material's questions: embeds them, searches, scores, and measures how near they are to their passages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.fusion.arithmetic import normalized
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.reproduce.experiments.material import PLAIN, RECIPES, ExperimentData, Questions
from pyserini_xqg.runs.rankings import Rankings
from pyserini_xqg.search.searchers.late import LateIndex

MEASURES = ("R@5", "R@10", "nDCG@10")
_PARSED = parse_measures(MEASURES)
_HITS = 10

type Answers = dict[str, dict[str, dict[str, RunScores]]]
"""Augmentation -> condition -> language -> scores."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """Mean cosines of clean questions.

    :param passages: with the passages that answer them, as the base model embeds these.
    :param base: with the base model's embeddings of the same questions; 1 for the base model itself.
    """

    passages: float
    base: float


@dataclass(frozen=True, slots=True)
class EmbeddedQuestions:
    """A condition's questions and their embeddings.

    :param asked: (language, query id) of each.
    :param vectors: float32 ``[questions, dimension]``.
    """

    asked: tuple[tuple[str, str], ...]
    vectors: np.ndarray


def embed[Key](questions: Mapping[Key, Questions], encoder: Encoder) -> dict[Key, EmbeddedQuestions]:
    """Embed questions, each text once however many conditions it stands in.

    :param questions: condition, or whatever else tells them apart -> questions.
    """
    texts = list(dict.fromkeys(text for mine in questions.values() for text in mine.values()))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = encoder.encode(texts, Side.QUERY)
    return {
        name: EmbeddedQuestions(tuple(mine), vectors[[rows[text] for text in mine.values()]])
        for name, mine in questions.items()
    }


def ask(material: ExperimentData, embedded: Mapping[str, EmbeddedQuestions]) -> Answers:
    """Score the questions of every condition under every augmentation."""
    found: Answers = {augmentation: {} for augmentation in material.recipes}
    for augmentation, recipe in material.recipes.items():
        index = _Collections(material, recipe) if material.by_collection else LateIndex(material.store, recipe)
        for condition, mine in embedded.items():
            rankings: dict[str, Rankings] = {code: {} for code in material.judgments}
            for (code, qid), best in zip(mine.asked, _best(index, mine, material.docids), strict=True):
                rankings[code][qid] = best
            scored = {
                code: score_rankings(rankings[code], judged, _PARSED) for code, judged in material.judgments.items()
            }
            found[augmentation][condition] = scored
    return found


def _best(
    index: LateIndex | _Collections, mine: EmbeddedQuestions, docids: Sequence[str]
) -> Iterator[dict[str, float]]:
    """The best passages of each question."""
    if isinstance(index, _Collections):
        yield from (index.best(qid, vector) for (_, qid), vector in zip(mine.asked, mine.vectors, strict=True))
        return
    scores, numbers = index.search(mine.vectors, _HITS)
    for row, places in zip(scores, numbers, strict=True):
        yield {docids[place]: float(score) for score, place in zip(row, places, strict=True) if place >= 0}


class _Collections:
    """Many small collections in one store; a question is asked of its own."""

    def __init__(self, material: ExperimentData, recipe: Recipe) -> None:
        vectors = material.fused(recipe)
        homes = np.array([_home(docid) for docid in material.docids])
        rows = {home: np.flatnonzero(homes == home) for home in dict.fromkeys(homes)}
        self._parts = {home: (vectors[mine], [material.docids[row] for row in mine]) for home, mine in rows.items()}

    def best(self, qid: str, vector: np.ndarray) -> dict[str, float]:
        vectors, docids = self._parts[_home(qid)]
        scores = vectors @ vector
        return {docids[place]: float(scores[place]) for place in np.argsort(-scores, kind="stable")[:_HITS]}


def _home(name: str) -> str:
    """The collection that a docid or query id belongs to."""
    return name.rpartition("-")[0]


def nearness(material: ExperimentData, mine: EmbeddedQuestions, base: EmbeddedQuestions) -> Nearness:
    """How near the clean questions are to their passages, and to where the base model has them.

    :param mine: the clean questions by the model in question.
    :param base: the same by the base model.
    """
    vectors, theirs = normalized(mine.vectors.copy()), normalized(base.vectors.copy())
    passages, rows = material.fused(RECIPES[PLAIN]), {docid: row for row, docid in enumerate(material.docids)}
    cosines = [
        _mean(passages, rows, vector, material.judgments[code][qid])
        for (code, qid), vector in zip(mine.asked, vectors, strict=True)
    ]
    return Nearness(fmean(cosines), float((vectors * theirs).sum(axis=1).mean()))


def _mean(passages: np.ndarray, rows: Mapping[str, int], vector: np.ndarray, judged: Mapping[str, int]) -> float:
    """The mean cosine with the relevant passages."""
    return float((passages[[rows[docid] for docid, grade in judged.items() if grade > 0]] @ vector).mean())
