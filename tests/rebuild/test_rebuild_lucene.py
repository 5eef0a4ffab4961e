"""Lucene's indexes again: their files hold random identifiers, what is in them is the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from bm25_index import terms
from rebuild_world import World
from tiny_corpus import passages, write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW, IndexKind
from pyserini_xqg.manifests.sparse import read_sparse_manifest


@pytest.fixture(scope="module", autouse=True)
def jvm() -> None:
    bridge.join()
    import_pyserini("pyserini.pyclass")


def rebuild(index: Path, *more: str | Path) -> int:
    return main(
        ["rebuild", "--from", str(index), "--output", str(index.parent / "again"), "--threads", "1", *map(str, more)]
    )


def hits(index: Path, queries: np.ndarray) -> list[list[tuple[str, float]]]:
    """Anserini's own search for vectors, Lucene's own scores."""
    from jnius import autoclass

    arguments = autoclass("io.anserini.search.HnswDenseSearcher$Args")()
    arguments.index, arguments.efSearch = str(index), 100
    searcher = autoclass("io.anserini.search.HnswDenseSearcher")(arguments)
    try:
        return [
            [(hit.docid, hit.score) for hit in searcher.search(json.dumps(query.tolist()), 20)] for query in queries
        ]
    finally:
        searcher.close()


@pytest.mark.parametrize("kind", [LUCENE_FLAT, LUCENE_HNSW])
def test_an_index_of_vectors(world: World, kind: IndexKind, capsys: pytest.CaptureFixture[str]):
    options = IndexOptions(kind=kind, hnsw_m=8, ef_construction=40, quantize=kind is LUCENE_HNSW)
    index = world.folder / "index"
    build_index(world.store, index, Recipe("views", 0.2), options)
    assert rebuild(index) == 0
    said = "the same bytes as the original were put in (Lucene's own files hold random identifiers): docid, vectors"
    assert said in capsys.readouterr().out
    assert read_manifest(world.folder / "again") == read_manifest(index)
    assert (world.folder / "again/README.md").read_bytes() == (index / "README.md").read_bytes()
    if kind is LUCENE_HNSW:
        queries = np.random.default_rng(0).standard_normal((10, world.store.meta.dimension), dtype=np.float32)
        assert hits(world.folder / "again", queries) == hits(index, queries)


def test_the_checksums_are_those_of_the_vectors(world: World):
    """A flat index that FAISS searches has the same docids; another alpha gives other vectors under them."""
    flat = build_index(world.store, world.folder / "flat", Recipe(), IndexOptions()).manifest.checksums
    build = IndexOptions(kind=LUCENE_FLAT)
    found = [
        build_index(world.store, world.folder / f"i{alpha}", Recipe(alpha=alpha), build).manifest.checksums
        for alpha in (0.3, 0.4)
    ]
    assert found[0]["docid"] == found[1]["docid"] == flat["docid"]
    assert found[0]["vectors"] != found[1]["vectors"]


@pytest.fixture
def bm25(world: World) -> Path:
    index = world.folder / "index"
    options = SparseOptions(languages=("ja",), queries_per_language=2, store_positions=True, store_docvectors=True)
    build_sparse_index(corpus=world.corpus, queries=world.queries, output=index, options=options)
    return index


def test_a_bm25_index(world: World, bm25: Path, capsys: pytest.CaptureFixture[str]):
    assert rebuild(bm25) == 0
    assert "were put in (Lucene's own files hold random identifiers): documents" in capsys.readouterr().out
    again = world.folder / "again"
    assert read_sparse_manifest(again) == read_sparse_manifest(bm25)
    assert (again / "xqg.json").read_bytes() == (bm25 / "xqg.json").read_bytes()
    for field in ("contents", "xqg_ja"):
        assert terms(again, field) == terms(bm25, field) != {}
    assert rebuild(bm25) == 0
    assert "holds this index already; nothing was done" in capsys.readouterr().err


def test_a_bm25_index_whose_input_has_moved_or_was_changed(
    world: World, bm25: Path, capsys: pytest.CaptureFixture[str]
):
    world.corpus.rename(world.folder / "c.jsonl")
    assert rebuild(bm25) == 1
    assert f"{world.corpus}: is missing, the corpus that the index was made from" in capsys.readouterr().err
    assert rebuild(bm25, "--corpus", write_jsonl(world.folder / "other.jsonl", passages(3))) == 1
    assert "other.jsonl: was changed: its SHA-256 is " in capsys.readouterr().err
    assert rebuild(bm25, "--corpus", world.folder / "c.jsonl", "--dry-run") == 0
    assert "--store-positions --store-docvectors" in capsys.readouterr().out
    assert rebuild(bm25, "--corpus", world.folder / "c.jsonl") == 0


def test_what_a_bm25_index_has_not_is_refused(world: World, bm25: Path, capsys: pytest.CaptureFixture[str]):
    assert rebuild(bm25, "--store", world.store.folder) == 2
    assert "a BM25 index has none" in capsys.readouterr().err
    build_sparse_index(corpus=world.corpus, queries=None, output=world.folder / "plain")
    assert rebuild(world.folder / "plain", "--queries", world.queries) == 2
    assert "made without generated queries; leave it out" in capsys.readouterr().err
    shutil.copytree(world.store.folder, world.folder / "again")
    assert rebuild(bm25) == 1
    assert "holds something else than this index" in capsys.readouterr().err
