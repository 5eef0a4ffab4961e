"""Scores of an index on XQuAD, by the real search: what the quality tables of several benchmarks are made from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from xquad_data import LANGUAGES, Topics

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.store.vector_store import VectorStore

MEASURES = ("R@1", "R@5", "MRR@10")
_HITS = 10


@dataclass(frozen=True, slots=True)
class System:
    """A row of the tables.

    :param foreign: the query's own language is left out of the recipe's.
    """

    name: str
    recipe: Recipe
    foreign: bool = False
    options: IndexOptions = field(default_factory=IndexOptions)


@dataclass(frozen=True, slots=True)
class Asked:
    """The topics of all languages, encoded.

    :param topics: language -> its topics; the same questions in the same order in each.
    :param vectors: language -> float32 ``[topics, dimension]``.
    """

    topics: dict[str, Topics]
    vectors: dict[str, np.ndarray]

    def about(self, docids: frozenset[str]) -> Asked:
        """Only the topics about these paragraphs."""
        topics, vectors = {}, {}
        for code, mine in self.topics.items():
            rows = [row for row, docid in enumerate(mine.paragraphs) if docid in docids]
            topics[code] = Topics(
                *([column[row] for row in rows] for column in (mine.qids, mine.texts, mine.paragraphs))
            )
            vectors[code] = self.vectors[code][rows]
        return Asked(topics, vectors)

    @property
    def paragraphs(self) -> list[str]:
        """The paragraph of each question."""
        return self.topics[LANGUAGES[0]].paragraphs


def encoded(encoder: Encoder, topics: dict[str, Topics]) -> Asked:
    """The topics with their vectors."""
    return Asked(topics, {code: encoder.encode(mine.texts, Side.QUERY) for code, mine in topics.items()})


def index_name(store: VectorStore, system: System) -> str:
    """A folder name for a system's index."""
    return "".join(letter if letter.isalnum() else "-" for letter in f"{store.folder.name}-{system.name}")


def score(
    store: VectorStore, system: System, asked: dict[str, Asked], folder: Path
) -> dict[str, dict[str, np.ndarray]]:
    """Build the system's index (one a language where its own is left out), search it with Pyserini's searcher and score
    every topic.

    :param asked: kind of topics -> topics.
    :returns: kind of topics -> measure -> float ``[languages, topics]``.
    """
    import_pyserini("pyserini.search.faiss")
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    per_kind: dict[str, dict[str, list[list[float]]]] = {kind: {measure: [] for measure in MEASURES} for kind in asked}
    searcher = None
    for code in LANGUAGES:
        if searcher is None or system.foreign:
            languages = tuple(other for other in LANGUAGES if not system.foreign or other != code)
            index = folder / (index_name(store, system) + f"-not-{code}" * system.foreign)
            build_index(store, index, replace(system.recipe, languages=languages), system.options)
            searcher = XqgFaissSearcher(str(index), None)
        for kind, mine in asked.items():
            topics = mine.topics[code]
            hits = searcher.batch_search(mine.vectors[code], topics.qids, k=_HITS)
            rankings = {qid: {hit.docid: float(hit.score) for hit in found} for qid, found in hits.items()}
            judgments = {qid: {docid: 1} for qid, docid in zip(topics.qids, topics.paragraphs, strict=True)}
            scores = score_rankings(rankings, judgments, parse_measures(MEASURES))
            for measure in MEASURES:
                per_kind[kind][measure].append([scores.per_query[measure][qid] for qid in topics.qids])
    return {
        kind: {measure: np.array(rows) for measure, rows in measures.items()} for kind, measures in per_kind.items()
    }
