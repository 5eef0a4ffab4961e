"""XQuAD with all kinds of text: people's questions, people's translations, and glosses out of the dictionaries that are
installed; and the scores of every passage for every question, by vectors and by BM25.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from common import data_dir, say, stage
from coverage_scores import vectors_of
from xquad_data import LANGUAGES, read_language

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.fusion.text_kind import is_other
from pyserini_xqg.lexicon.places import installed
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.meta import prepare_store
from pyserini_xqg.store.shard import ShardContents, matrix_stems, write_shard
from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class Asked:
    """A language's topics.

    :param gold: the row of the passage that each is about.
    :param odd: whether that is of an article of odd number: what is chosen on the even ones is reported on these.
    """

    texts: list[str]
    vectors: np.ndarray
    gold: np.ndarray
    odd: np.ndarray


@dataclass(frozen=True, slots=True)
class World:
    """The set.

    :param store: with every kind, every text by its rank.
    :param bare: the same without questions.
    :param queries: the texts.
    :param glossed: languages that have a dictionary here.
    :param asked: language -> its topics; English among them.
    """

    corpus: Path
    queries: Path
    store: VectorStore
    bare: VectorStore
    docids: tuple[str, ...]
    glossed: tuple[str, ...]
    asked: Mapping[str, Asked]


def prepare(work: Path, encoder: Encoder, dictionaries: Sequence[Path]) -> World:
    """Make what is not there yet.

    :param dictionaries: beside those that are installed.
    """
    texts = work / "kinds"
    data = texts / "data"
    if not (data / "dataset.json").is_file():
        both = ("--oracle-queries", "--oracle-translations")
        stage("dataset", "xquad", "--input", data_dir() / "xquad", "--output", data, *both)
    glossed = tuple(code for code in LANGUAGES if any(not one.names for one in installed("en", code)))
    own = ("--dictionary", *dictionaries) if dictionaries else ()
    if dictionaries:
        glossed = LANGUAGES
    say(f"glosses in {', '.join(glossed)}")
    queries = texts / "all"
    words = ("--generator", "dictionary", "--languages", ",".join(glossed), "--queries", data / "queries.jsonl")
    stage("expand", "--corpus", data / "corpus.jsonl", *words, *own, "--output", queries)
    files = ("--corpus", data / "corpus.jsonl", "--queries", queries, "--output", texts / "store")
    stage("encode", *files, "--encoder", "e5-small", "--keep", "ranks")
    store = VectorStore(texts / "store")
    docids = [docid for shard in store.shards() for docid in shard.docids()]
    asked = {code: _asked(data, code, docids, encoder) for code in (*LANGUAGES, "en")}
    bare = _without_questions(store, texts / "bare")
    return World(data / "corpus.jsonl", queries, store, bare, tuple(docids), glossed, asked)


def _without_questions(store: VectorStore, folder: Path) -> VectorStore:
    """A store of the same vectors but those of questions."""
    shutil.rmtree(folder, ignore_errors=True)
    columns = tuple(name for name in store.meta.languages if is_other(name))
    meta = replace(store.meta, languages=columns)
    prepare_store(folder, meta)
    for number, shard in enumerate(store.shards()):
        stems = matrix_stems(meta.keep, columns, meta.ranks)
        matrices = {
            stem: np.asarray(matrix)
            for own, found in zip(stems, shard.query_matrices(columns), strict=True)
            for stem, matrix in zip(own, found, strict=True)
        }
        counts = shard.counts(columns)
        write_shard(folder, number, ShardContents(shard.docids(), np.asarray(shard.passages()), counts, matrices))
    return VectorStore(folder)


def _asked(data: Path, code: str, docids: Sequence[str], encoder: Encoder) -> Asked:
    topics = read_language(data, code)
    rows = {docid: row for row, docid in enumerate(docids)}
    gold = np.array([rows[docid] for docid in topics.paragraphs])
    stems = [docid.rpartition("-")[0] for docid in docids]  # a docid is its article's title and a number
    numbers = {stem: number for number, stem in enumerate(dict.fromkeys(stems))}
    articles = np.array([numbers[stem] for stem in stems])
    return Asked(topics.texts, encoder.encode(topics.texts, Side.QUERY), gold, articles[gold] % 2 == 1)


def dense_scores(world: World, fused: FusedStore) -> dict[str, np.ndarray]:
    """Of every passage for every topic: language -> float32 ``[topics, passages]``."""
    vectors, starts = vectors_of(fused)
    return {code: np.maximum.reduceat(asked.vectors @ vectors.T, starts, axis=1) for code, asked in world.asked.items()}


def sparse_index(world: World, work: Path) -> Path:
    """The BM25 index with a field a language and kind."""
    index = work / "kinds" / "sparse"
    stage("index-sparse", "--corpus", world.corpus, "--queries", world.queries, "--output", index)
    return index


def sparse_scores(world: World, index: Path, code: str, fields: Mapping[str, float]) -> np.ndarray:
    """The same by BM25, 0 where a passage has no word of the question: float32 ``[topics, passages]``."""
    import pyserini_xqg
    from pyserini_xqg.java.jvm import import_pyserini

    import_pyserini("pyserini.search.lucene")
    from pyserini.search.lucene import LuceneSearcher

    asked, rows = world.asked[code], {docid: row for row, docid in enumerate(world.docids)}
    searcher, generator = LuceneSearcher(str(index)), pyserini_xqg.query_generator(str(index))
    scores = np.zeros((len(asked.texts), len(rows)), np.float32)
    for topic, text in enumerate(asked.texts):
        for hit in searcher.search(text, k=len(rows), fields=dict(fields), query_generator=generator):
            scores[topic, rows[hit.docid]] = hit.score
    searcher.close()
    return scores


def ranks(asked: Asked, scores: np.ndarray) -> np.ndarray:
    """The rank of each topic's passage; one that is not found, or ties with others, stands behind them."""
    own = scores[np.arange(len(asked.gold)), asked.gold]
    return np.where(own > 0, (scores >= own[:, None]).sum(axis=1), scores.shape[1])
