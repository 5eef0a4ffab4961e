"""A small collection, encoded for real, and the indexes that searches are made on; Pyserini in a real JVM."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_corpus import generated_queries, passages, write_jsonl

from pyserini_xqg.java.jvm import import_pyserini

PASSAGES = 40


@pytest.fixture(scope="session")
def pyserini() -> None:
    """Pyserini can be imported: Java is found, and the JVM of this process starts with it."""
    import_pyserini("pyserini.search.faiss")


@dataclass(frozen=True)
class Collection:
    """Files of a small collection.

    :param indexes: ``mean``, ``views``, ``hnsw`` (of views) and ``late``, made by the encoder ``tiny_encoder``.
    """

    folder: Path
    encoder: Path
    topics: Path
    texts: dict[str, str]

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus" / "corpus.jsonl"

    def index(self, name: str) -> Path:
        return self.folder / name


TOPICS = {
    "1": 'What do people call "the old bridge"?',
    "2": "¿Dónde está la biblioteca más antigua?",
    "3": "متى تُفتح أبواب المدينة القديمة؟",
    "10": "'quoted' and \"unclosed",
    "11": "מתי נבנה הגשר?",
    "12": "橋はいつ架けられましたか",
    "13": "'quoted' and \"unclosed",
}
"""Quotes closed and not, right-to-left text with vowel signs, a text twice."""


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Collection:
    from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.fusion.recipe import Recipe
    from pyserini_xqg.index.build_index import IndexOptions, build_index
    from pyserini_xqg.manifests.kinds import FAISS_HNSW, LATE
    from pyserini_xqg.store.vector_store import VectorStore

    folder = tmp_path_factory.mktemp("collection")
    made = Collection(folder, tiny_encoder, folder / "topics.tsv", TOPICS)
    write_jsonl(made.corpus, passages(PASSAGES))
    queries = write_jsonl(folder / "queries.jsonl", generated_queries(PASSAGES, ("ar", "ja", "es")))
    made.topics.write_text("".join(f"{qid}\t{text}\n" for qid, text in TOPICS.items()), encoding="utf-8")
    encode(
        corpus=made.corpus,
        queries=queries,
        encoder=Encoder(tiny_encoder, Precision.FP32),
        encoder_name=str(tiny_encoder),
        output=folder / "store",
        options=EncodeOptions(dtype="float32"),
    )
    store = VectorStore(folder / "store")
    build_index(store, made.index("mean"), Recipe(), IndexOptions())
    build_index(store, made.index("views"), Recipe("views"), IndexOptions())
    build_index(store, made.index("hnsw"), Recipe("views"), IndexOptions(kind=FAISS_HNSW))
    build_index(store, made.index("late"), Recipe(), IndexOptions(kind=LATE))
    return made
