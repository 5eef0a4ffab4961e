"""Vectors out of dense Lucene indexes, Anserini's own and those of our bridge, in a real JVM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bm25_index import build as build_bm25
from index_world import PASSAGES, IndexWorld, counts_of, docids_of, passages_of, sums_of
from tiny_corpus import passages as passage_records

from pyserini_xqg.errors import InputError, StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW
from pyserini_xqg.store.vector_store import VectorStore

pytestmark = pytest.mark.filterwarnings("ignore")
OURS = {
    "flat": IndexOptions(kind=LUCENE_FLAT),
    "several threads": IndexOptions(kind=LUCENE_FLAT, threads=3),
    "hnsw": IndexOptions(kind=LUCENE_HNSW, hnsw_m=8, ef_construction=20),
    "quantised": IndexOptions(kind=LUCENE_HNSW, hnsw_m=8, ef_construction=20, quantize=True),
}


@pytest.fixture(scope="module", autouse=True)
def jvm() -> None:
    import_pyserini("pyserini.pyclass")


def by_anserini(kind: str, folder: Path, docids: list[str], vectors: np.ndarray, *more: str) -> Path:
    """Vectors through Anserini's own indexer, as its prebuilt indexes are made; ``more`` are flags that are set."""
    from jnius import autoclass

    (folder / "in").mkdir(parents=True)
    lines = [
        json.dumps({"docid": docid, "vector": vector.tolist()}) for docid, vector in zip(docids, vectors, strict=True)
    ]
    (folder / "in/vectors.jsonl").write_text("\n".join(lines), encoding="utf-8")
    arguments = autoclass(f"io.anserini.index.Index{kind}DenseVectors$Args")()
    arguments.collectionClass = "JsonDenseVectorCollection"
    arguments.generatorClass = "DenseVectorDocumentGenerator"
    arguments.input, arguments.index, arguments.threads, arguments.quiet = (
        str(folder / "in"),
        str(folder / "i"),
        1,
        True,
    )
    arguments.memoryBuffer = 64
    for flag in more:
        setattr(arguments, flag, True)
    autoclass(f"io.anserini.index.Index{kind}DenseVectors")(arguments).run()
    return folder / "i"


def delete(index: Path, docids: list[str]) -> None:
    """As Lucene does: the documents stay where they are, marked."""
    from jnius import autoclass

    directory = autoclass("org.apache.lucene.store.FSDirectory").open(autoclass("java.nio.file.Path").of(str(index)))
    settings = autoclass("org.apache.lucene.index.IndexWriterConfig")()
    settings.setMergePolicy(autoclass("org.apache.lucene.index.NoMergePolicy").INSTANCE)
    writer = autoclass("org.apache.lucene.index.IndexWriter")(directory, settings)
    term, query = autoclass("org.apache.lucene.index.Term"), autoclass("org.apache.lucene.search.TermQuery")
    for docid in docids:
        writer.deleteDocuments(query(term("id", docid)))
    writer.close()


def by_docid(store: VectorStore, matrix: np.ndarray) -> np.ndarray:
    """The rows in the order of the docids' numbers: Lucene has an order of its own."""
    return matrix[np.argsort([int(docid[1:]) for docid in docids_of(store)])]


def assert_taken(world: IndexWorld, store: VectorStore, atol: float = 1e-6) -> None:
    expected = world.store
    np.testing.assert_allclose(
        by_docid(store, passages_of(store)), by_docid(expected, passages_of(expected)), atol=atol
    )
    np.testing.assert_array_equal(by_docid(store, counts_of(store)), by_docid(expected, counts_of(expected)))
    for mine, theirs in zip(sums_of(store), sums_of(expected), strict=True):
        np.testing.assert_allclose(by_docid(store, mine), by_docid(expected, theirs), atol=1e-5)


@pytest.mark.parametrize("kind", OURS)
def test_our_own_index_gives_its_store_again(world: IndexWorld, kind: str, tmp_path: Path):
    build_index(world.store, tmp_path / "i", Recipe(alpha=0.0), OURS[kind])
    result = world.take(tmp_path / "i", tmp_path / "s")
    assert result.vectors == "Lucene index"
    assert_taken(world, VectorStore(tmp_path / "s"))


@pytest.mark.parametrize(
    ("kind", "more"), [("Flat", ()), ("Hnsw", ()), ("Hnsw", ("quantizeSQV",))], ids=["flat", "hnsw", "quantised"]
)
def test_anserinis_index_gives_the_store_of_its_corpus(
    world: IndexWorld, kind: str, more: tuple[str, ...], tmp_path: Path
):
    index = by_anserini(kind, tmp_path, docids_of(world.store), passages_of(world.store), *more)
    world.take(index, tmp_path / "s")
    assert_taken(world, VectorStore(tmp_path / "s"))


def test_deleted_documents_stay_out(world: IndexWorld, tmp_path: Path):
    docids = docids_of(world.store)
    index = by_anserini("Flat", tmp_path, docids, passages_of(world.store))
    gone = ["d0", "d17", "d59"]
    delete(index, gone)
    world.take(index, tmp_path / "s", queries=False)
    made = VectorStore(tmp_path / "s")
    kept = [row for row, docid in enumerate(docids) if docid not in gone]
    assert docids_of(made) == [docids[row] for row in kept]
    np.testing.assert_allclose(passages_of(made), passages_of(world.store)[kept], atol=1e-6)


def test_docids_keep_their_every_character(world: IndexWorld, tmp_path: Path):
    docids = [f"{name}{row}" for row in range(PASSAGES // 5) for name in ("00", "é", "e\u0301", "d#ar", "🦊")]
    index = by_anserini("Flat", tmp_path, docids, passages_of(world.store))
    world.take(index, tmp_path / "s", queries=False)
    assert docids_of(VectorStore(tmp_path / "s")) == docids


def test_a_docid_that_occurs_twice_is_refused(world: IndexWorld, tmp_path: Path):
    docids = docids_of(world.store)
    docids[41] = docids[2]
    index = by_anserini("Flat", tmp_path, docids, passages_of(world.store))
    with pytest.raises(InputError, match=f"{index}:42: the docid 'd2' is there already, at {index}:3; docids must be"):
        world.take(index, tmp_path / "s")


def test_an_index_of_words_is_refused(world: IndexWorld, tmp_path: Path):
    index = build_bm25(tmp_path, passage_records(3), None)
    with pytest.raises(StoreError, match="index is a BM25 index, which has no vectors"):
        world.take(index, tmp_path / "s")
    (index / "xqg.json").unlink()
    with pytest.raises(UsageError, match="index is a Lucene index without dense vectors"):
        world.take(index, tmp_path / "s")


def test_a_damaged_index_is_named(world: IndexWorld, tmp_path: Path):
    index = by_anserini("Flat", tmp_path, docids_of(world.store), passages_of(world.store))
    (segments,) = index.glob("segments_*")
    whole = shutil.copytree(index, tmp_path / "whole")
    segments.write_bytes(segments.read_bytes()[:-4])
    with pytest.raises(StoreError, match=r"i cannot be read by Lucene \(.*\); fetch or build the index again") as told:
        world.take(index, tmp_path / "s")
    assert "\n" not in str(told.value)
    for path in whole.glob("_*.vec"):
        path.unlink()
    with pytest.raises(StoreError, match="whole cannot be read by Lucene"):
        world.take(whole, tmp_path / "s")
    assert not (tmp_path / "s").exists()
