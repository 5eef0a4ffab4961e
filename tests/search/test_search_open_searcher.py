"""One door to every index: each kind is opened with the searcher that it needs, and answers in passages."""

from __future__ import annotations

from pathlib import Path

import pytest
from bm25_index import build_demo

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.kinds import LUCENE_FLAT
from pyserini_xqg.search.open_searcher import open_searcher
from pyserini_xqg.store.vector_store import VectorStore


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32)


@pytest.mark.parametrize("name", ["mean", "views", "hnsw", "late"])
def test_faiss_indexes_answer_in_passages(name: str, collection, encoder: Encoder):
    hits = open_searcher(collection.index(name), encoder).search(collection.texts["1"], k=5)
    assert len(hits) == 5
    assert not any("#" in hit.docid for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_lucene_index_gives_what_faiss_gives(collection, encoder: Encoder, tmp_path: Path):
    store = VectorStore(collection.index("store"))
    build_index(store, tmp_path / "lucene", Recipe("views"), IndexOptions(kind=LUCENE_FLAT))
    text = collection.texts["2"]
    ours, faiss = open_searcher(tmp_path / "lucene", encoder), open_searcher(str(collection.index("views")), encoder)
    found, expected = ours.search(text, k=5), faiss.search(text, k=5)
    assert [hit.docid for hit in found] == [hit.docid for hit in expected]
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-5)


def test_a_bm25_index_needs_no_encoder(tmp_path: Path):
    hits = open_searcher(build_demo(tmp_path)).search("bridge", k=2)
    assert len(hits) == 2
    assert hits[0].score > 0


def test_vectors_need_their_encoder(collection, tiny_encoder: Path):
    with pytest.raises(UsageError, match=r"mean holds vectors; give the encoder that it was made with, .*tiny"):
        open_searcher(collection.index("mean"))


def test_another_encoder_is_refused(collection, e5: Path):
    with pytest.raises(EncoderError, match=r"mean was made with the encoder .*; search with the same one"):
        open_searcher(collection.index("mean"), Encoder(e5))


def test_a_folder_of_something_else_is_named(tmp_path: Path, encoder: Encoder):
    with pytest.raises(StoreError, match=r"is no index of ours: it has no xqg\.json; Pyserini's own searchers open"):
        open_searcher(tmp_path, encoder)
