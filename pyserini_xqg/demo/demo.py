"""From the embedded collection to one table: BM25, dense, dense + xQG in two forms, and hybrid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyserini_xqg.demo.collection import LANGUAGES, write_collection
from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces, Runs
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.systems import Scores, score_systems
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.store.vector_store import VectorStore

if TYPE_CHECKING:
    from pyserini.search.faiss import DenseSearchResult

    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

ENCODER = "e5-small"
MEASURES = ("R@1", "MRR@10")
BM25, DENSE, MEAN, VIEWS, HYBRID = "bm25", "dense", "dense+xqg-mean", "dense+xqg-views", "hybrid"
_HITS = 20
_SPARSE_WEIGHT = 0.01
"""BM25 scores run to tens and inner products to one; Pyserini's own default, 0.1, is for unnormalised vectors."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """Where everything lies, and the scores."""

    folder: Path
    runs: Runs
    scores: Scores


def run_demo(encoder: Encoder, folder: Path, say: Callable[[str], None]) -> DemoResult:
    """Run the whole way in ``folder``; what is there already is used again.

    :param say: told what begins, a line each.
    :raises SetupError: Java or Pyserini is missing or does not fit.
    """
    import_pyserini("pyserini.search.faiss")
    say("collection: 66 English passages, 2 queries a passage in each of 8 languages")
    write_collection(folder / "collection")
    corpus, queries = folder / "collection" / "corpus.jsonl", folder / "collection" / "queries.jsonl"

    say(f"encode: passages and queries with {ENCODER} at {encoder.arithmetic}")
    encode(corpus=corpus, queries=queries, encoder=encoder, encoder_name=ENCODER, output=folder / "store")
    say("index: dense, dense + xQG (mean), dense + xQG (views), BM25")
    store = VectorStore(folder / "store")
    recipes = {DENSE: Recipe(alpha=0.0), MEAN: Recipe("mean"), VIEWS: Recipe("views")}
    for name, recipe in recipes.items():
        build_index(store, folder / "indexes" / name, recipe, IndexOptions())

    say("search: 5 systems x 8 languages")
    runs = _search(encoder, folder, list(recipes))
    scores = score_systems(runs, parse_measures(MEASURES), JudgmentPlaces(folder / "collection"))
    return DemoResult(folder, runs, scores)


def _search(encoder: Encoder, folder: Path, dense_indexes: list[str]) -> Runs:
    from pyserini.search.lucene import LuceneSearcher

    from pyserini_xqg.demo.bm25 import build_bm25
    from pyserini_xqg.search.run_topics import write_run
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher
    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    build_bm25(folder / "collection" / "corpus.jsonl", folder / "indexes" / BM25)
    bm25 = LuceneSearcher(str(folder / "indexes" / BM25))
    query_encoder = _LastTopics(encoder)
    dense = {name: XqgFaissSearcher(str(folder / "indexes" / name), query_encoder) for name in dense_indexes}
    hybrid = XqgHybridSearcher(dense[VIEWS], bm25)

    runs: dict[str, dict[str, Path]] = {}
    for code in LANGUAGES:
        topics = list(read_topics(folder / "collection" / f"topics.{code}.tsv"))
        for name, searcher in {BM25: bm25, **dense}.items():
            runs.setdefault(name, {})[code] = _run_path(folder, name, code)
            write_run(searcher=searcher, topics=topics, hits=_HITS, tag=name, run=_run_path(folder, name, code))
        runs.setdefault(HYBRID, {})[code] = _run_path(folder, HYBRID, code)
        write_run(
            searcher=_Interpolation(hybrid), topics=topics, hits=_HITS, tag=HYBRID, run=_run_path(folder, HYBRID, code)
        )
    return runs


def _run_path(folder: Path, name: str, code: str) -> Path:
    return folder / "runs" / f"{name}.{code}.txt"


class _LastTopics(OnnxQueryEncoder):
    """Embeds a language's topics once, though four systems ask for them."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._queries: list[str] = []
        self._embeddings = np.empty((0, encoder.dimension), np.float32)

    def encode_batch(self, queries: Sequence[str]) -> np.ndarray:
        if self._queries != list(queries):
            self._queries, self._embeddings = list(queries), super().encode_batch(queries)
        return self._embeddings


class _Interpolation:
    """A hybrid searcher with its weights set, seen as a plain one."""

    def __init__(self, searcher: XqgHybridSearcher) -> None:
        self._searcher = searcher

    def batch_search(
        self, queries: list[str], qids: list[str], k: int, threads: int
    ) -> dict[str, list[DenseSearchResult]]:
        return self._searcher.batch_search(queries, qids, k, k, threads, alpha=_SPARSE_WEIGHT)
