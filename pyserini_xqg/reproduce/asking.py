"""Asks a material's questions: embeds them, searches, scores, and measures how near they are to their passages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.evaluate.measures import score_rankings
from pyserini_xqg.evaluate.names import parse_measures
from pyserini_xqg.evaluate.scores import RunScores
from pyserini_xqg.fusion import normalized
from pyserini_xqg.rankings import Rankings
from pyserini_xqg.reproduce.material import CLEAN, Material
from pyserini_xqg.search.late import LateIndex

MEASURES = ("R@5", "R@10", "nDCG@10")
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


def ask(material: Material, encoder: Encoder) -> Answers:
    """Score the questions of every condition under every augmentation, with the encoder of the queries."""
    found: Answers = {augmentation: {} for augmentation in material.recipes}
    for condition in material.conditions:
        questions = material.questions(condition)
        vectors = encoder.encode(list(questions.values()), Side.QUERY)
        for augmentation, recipe in material.recipes.items():
            index = LateIndex(material.store, recipe)
            scores, numbers = index.search(vectors, index.ntotal if material.by_collection else _HITS)
            found[augmentation][condition] = _scored(material, list(questions), scores, numbers)
    return found


def _scored(material: Material, asked: list[tuple[str, str]], scores: np.ndarray, numbers: np.ndarray) -> dict[str, RunScores]:
    rankings: dict[str, Rankings] = {code: {} for code in material.judgments}
    homes = np.array([_home(docid) for docid in material.docids]) if material.by_collection else None
    for (code, qid), row, mine in zip(asked, scores, numbers, strict=True):
        best = np.flatnonzero(homes[mine] == _home(qid))[:_HITS] if homes is not None else np.flatnonzero(mine >= 0)[:_HITS]
        rankings[code][qid] = {material.docids[mine[place]]: float(row[place]) for place in best}
    return {code: score_rankings(rankings[code], judged, parse_measures(MEASURES)) for code, judged in material.judgments.items()}


def _home(name: str) -> str:
    """The collection that a docid or query id belongs to."""
    return name.rpartition("-")[0]


def nearness(material: Material, encoder: Encoder, base: Encoder) -> Nearness:
    """How near the clean questions are to their passages, and to where the base model has them."""
    questions = material.questions(CLEAN)
    texts = list(questions.values())
    mine = normalized(encoder.encode(texts, Side.QUERY))
    theirs = normalized(base.encode(texts, Side.QUERY))
    passages, rows = material.passages(), {docid: row for row, docid in enumerate(material.docids)}
    cosines = [_nearest(passages, rows, vector, material.judgments[code][qid]) for (code, qid), vector in zip(questions, mine, strict=True)]
    return Nearness(fmean(cosines), float((mine * theirs).sum(axis=1).mean()))


def _nearest(passages: np.ndarray, rows: Mapping[str, int], vector: np.ndarray, judged: Mapping[str, int]) -> float:
    """The mean cosine with the relevant passages."""
    return float((passages[[rows[docid] for docid, grade in judged.items() if grade > 0]] @ vector).mean())
