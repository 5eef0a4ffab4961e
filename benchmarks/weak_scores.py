"""Scores of English generated queries on people's questions in several languages, dense and BM25, by the real indexes
and searchers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from bootstrap import interval
from common import stage, table

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.evaluate.inputs.judgments import Judgments, read_judgments
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.manifests.sparse import CONTENTS, field_of
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.curve import tune

MEASURES = parse_measures(["R@1", "MRR@10"])
ENGLISH, CROSS = "en", "cross-lingual"
ALPHAS = tuple(round(0.05 * step, 2) for step in range(13))
WEIGHTS = (0.25, 1.0)
_HITS = 10

type Scores = dict[str, dict[str, list[float]]]
"""Language -> measure -> the score of each topic, in their order."""


class Asked(Protocol):
    """A collection as it is asked; see weak_generator.py."""

    name: str
    data: Path
    languages: tuple[str, ...]
    folder: Path


@dataclass(slots=True)
class Systems:
    """Rows of a table: the baseline first, which is the same whatever the queries."""

    rows: dict[str, Scores] = field(default_factory=dict)

    def add(self, name: str, found: Mapping[str, Scores]) -> None:
        """Add what was found for one file of queries; the baseline has no name of its own."""
        for system, scores in found.items():
            self.rows[system if not self.rows or system == next(iter(self.rows)) else f"{system}: {name}"] = scores


def topics_of(collection: Asked, code: str) -> tuple[list[Topic], Judgments]:
    """The questions of one language, and their passages."""
    topics = list(read_topics(collection.data / f"topics.{code}.tsv"))
    judged = read_judgments(collection.data / f"qrels.{code}.txt")
    return topics, {topic.qid: judged[topic.qid] for topic in topics}


def dense_scores(collection: Asked, queries: Path) -> dict[str, Scores]:
    """Plain, mean, views, and mean at the alpha that `tune` chooses on these very topics, so at its best."""
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    place = collection.folder / f"dense-{queries.name}"
    stage(
        "encode",
        "--corpus",
        collection.data / "corpus.jsonl",
        "--queries",
        queries,
        "--encoder",
        "e5-small",
        "--output",
        place / "store",
    )
    store, encoder = VectorStore(place / "store"), Encoder(resolve_encoder("e5-small"), Precision.AUTO)
    vectors = {
        code: encoder.encode([topic.text for topic in topics_of(collection, code)[0]], Side.QUERY)
        for code in collection.languages
    }
    curve = tune(
        store=store,
        encoder=encoder,
        topics=collection.data,
        qrels=collection.data,
        measure=MEASURES[1],
        recipe=Recipe(),
        alphas=ALPHAS,
        only=collection.languages,
    )
    best = curve.alphas[curve.best]
    systems = {
        "plain": Recipe(alpha=0.0),
        "mean": Recipe(),
        "views": Recipe("views"),
        f"mean α {best:g} (tuned here)": Recipe(alpha=best),
    }
    found: dict[str, Scores] = {}
    for name, recipe in systems.items():
        index = place / f"index-{recipe.fusion}-{recipe.alpha:g}"
        build_index(store, index, recipe, IndexOptions())
        searcher = XqgFaissSearcher(str(index), None)
        found[name] = {}
        for code in collection.languages:
            topics, judged = topics_of(collection, code)
            hits = searcher.batch_search(vectors[code], [topic.qid for topic in topics], k=_HITS)
            found[name][code] = _scored(
                {qid: {hit.docid: float(hit.score) for hit in mine} for qid, mine in hits.items()}, judged
            )
    return found


def bm25_scores(collection: Asked, queries: Path) -> dict[str, Scores]:
    """Passages alone, and with the queries in a field beside them."""
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    index = collection.folder / f"bm25-{queries.name}"
    build_sparse_index(
        corpus=collection.data / "corpus.jsonl",
        queries=queries,
        output=index,
        options=SparseOptions(languages=(ENGLISH,)),
        threads=2,
    )
    searcher = XqgLuceneSearcher(str(index))
    fields = {"passages alone": {CONTENTS: 1.0}} | {
        f"with queries × {weight:g}": {CONTENTS: 1.0, field_of(ENGLISH): weight} for weight in WEIGHTS
    }
    found: dict[str, Scores] = {}
    for name, weights in fields.items():
        found[name] = {}
        for code in collection.languages:
            topics, judged = topics_of(collection, code)
            hits = searcher.batch_search(
                [topic.text for topic in topics], [topic.qid for topic in topics], _HITS, 2, fields=weights
            )
            found[name][code] = _scored(
                {qid: {hit.docid: float(hit.score) for hit in mine} for qid, mine in hits.items()}, judged
            )
    return found


def _scored(rankings: dict[str, dict[str, float]], judged: Judgments) -> dict[str, list[float]]:
    scores = score_rankings(rankings, judged, MEASURES)
    return {measure.name: [scores.per_query[measure.name][qid] for qid in judged] for measure in MEASURES}


def print_scores(collection: Asked, systems: Systems, title: str) -> None:
    """Both measures in English and in the other languages together, with the difference from the baseline; then R@1 in
    each language.
    """
    foreign = [code for code in collection.languages if code != ENGLISH]
    parts = {
        name: codes
        for name, codes in ((ENGLISH, [ENGLISH]), (CROSS, foreign))
        if set(codes) <= set(collection.languages)
    }
    baseline = next(iter(systems.rows.values()))
    groups = {
        name: [next(iter(docs)) for docs in topics_of(collection, codes[0])[1].values()]
        for name, codes in parts.items()
    }
    rows = []
    for system, scores in systems.rows.items():
        cells = []
        for name, codes in parts.items():
            for measure in MEASURES:
                mine, base = (np.array([one[code][measure.name] for code in codes]) for one in (scores, baseline))
                cells.append(
                    f"{100 * mine.mean():.1f}"
                    + ("" if scores is baseline else f" ({_difference(mine - base, groups[name])})")
                )
        rows.append([system, *cells])
    header = ["", *(f"{name}, {measure.name}" for name in parts for measure in MEASURES)]
    print(
        f"{title}; in brackets the difference from the first row, with its 95% interval (passages "
        f"resampled):\n\n{table(header, rows)}"
    )
    each = [
        [system, *(f"{100 * float(np.mean(scores[code][MEASURES[0].name])):.1f}" for code in collection.languages)]
        for system, scores in systems.rows.items()
    ]
    print(table([MEASURES[0].name, *collection.languages], each))


def _difference(differences: np.ndarray, groups: list[str]) -> str:
    low, high = interval(differences, groups)
    return f"{100 * differences.mean():+.1f}, {100 * low:+.1f} to {100 * high:+.1f}"
