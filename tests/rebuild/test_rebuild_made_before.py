"""Indexes of before the package was laid out anew are read, searched and built again to the same bytes.

``made_before.zip`` holds a small store of random vectors, an index of it of each kind, and a BM25 index, written by
commit aabdbd9 (``random_store`` of the tests' helpers, 6 passages, 8 dimensions, queries in two languages).
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.fusion.shares import take_apart
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.cards.dense import index_card
from pyserini_xqg.inspection.scan import read_passages_of
from pyserini_xqg.inspection.source import fused_as, open_for_inspection, open_store
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.search.open_searcher import open_searcher
from pyserini_xqg.search.searchers.opened import LateChoice, open_index
from pyserini_xqg.store.vector_store import VectorStore

OF_FAISS = ("mean", "views", "sum", "hnsw", "late")
QUERIES = np.random.default_rng(1).standard_normal((5, 8), dtype=np.float32)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    with zipfile.ZipFile(Path(__file__).resolve().parents[1] / "support" / "made_before.zip") as archive:
        archive.extractall(folder)
    return folder


def test_the_store_is_read_and_its_checksums_hold(before: Path):
    store = VectorStore(before / "store")
    for shard in store.shards():
        shard.verify()
    assert (store.meta.passages, store.meta.languages) == (6, ("ar", "ja"))


@pytest.mark.parametrize("name", OF_FAISS)
def test_an_index_is_searched_and_built_again(name: str, before: Path, tmp_path: Path):
    manifest = read_manifest(before / name)
    assert manifest is not None
    origin = ["rebuild", "--from", str(before / name / "xqg.json"), "--store", str(before / "store"), "--threads", "1"]
    assert main([*origin, "--output", str(tmp_path / name)]) == 0

    found = [open_index(folder, manifest)[0].search(QUERIES, 3) for folder in (before / name, tmp_path / name)]
    for old, new in zip(*found, strict=True):
        np.testing.assert_array_equal(old, new)
    for file in ("index", "docid"):
        if (before / name / file).is_file():
            assert (before / name / file).read_bytes() == (tmp_path / name / file).read_bytes()
    assert not (tmp_path / name / "prior.npy").exists()


@pytest.mark.parametrize("name", OF_FAISS)
def test_nobody_was_drawn_towards_expected_queries_then(name: str, before: Path):
    raw = json.loads((before / name / "xqg.json").read_text())
    assert "kappa" not in raw["recipe"]
    manifest = read_manifest(before / name)
    assert manifest is not None
    assert (manifest.recipe.kappa, manifest.recipe.kappas, manifest.prior) == (0.0, (), None)
    assert (manifest.recipe.alpha, manifest.recipe.fusion) == (raw["recipe"]["alpha"], raw["recipe"]["fusion"])
    assert "expected" not in index_card(manifest)


@pytest.mark.parametrize("name", ["mean", "views", "late"])
def test_an_index_is_looked_into(name: str, before: Path):
    opened = open_for_inspection(before / name)
    store = open_store(opened, before / "store")
    fused = fused_as(opened, store)
    assert fused.prior is None
    stored = read_passages_of(fused, {f"d{row}" for row in range(6)})
    for hit in opened.search(QUERIES[0], 6):
        shares = take_apart(stored[hit.docid].vectors, QUERIES[0], fused.recipe)
        assert shares.score == pytest.approx(hit.score, abs=1e-5)
        assert shares.expected == 0.0


def test_a_late_index_takes_a_kappa_at_the_search(before: Path, tmp_path: Path):
    manifest = read_manifest(before / "late")
    assert manifest is not None
    recipe = replace(manifest.recipe, kappa=8.0)
    build_index(VectorStore(before / "store"), tmp_path / "new", recipe, IndexOptions())
    found = [
        open_index(folder, read_manifest(folder), late)[0].search(QUERIES, 3)
        for folder, late in ((before / "late", LateChoice(kappa=8.0)), (tmp_path / "new", None))
    ]
    for old, new in zip(*found, strict=True):
        np.testing.assert_allclose(old, new, atol=1e-6)


def test_a_lucene_index_of_vectors_is_searched(before: Path):
    import_pyserini("pyserini.search.faiss")
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    index, docids = open_index(before / "mean", read_manifest(before / "mean"))
    scores, numbers = index.search(QUERIES, 3)
    found = XqgLuceneDenseSearcher(str(before / "lucene")).search_vectors(QUERIES, 3)
    assert [[hit.docid for hit in hits] for hits in found] == [[docids[number] for number in row] for row in numbers]
    np.testing.assert_allclose([[hit.score for hit in hits] for hits in found], scores, atol=1e-5)


def test_a_bm25_index_is_searched_in_its_languages(before: Path):
    searcher = open_searcher(before / "bm25")
    assert [hit.docid for hit in searcher.search("weaving thread", k=1)] == ["d1"]
    assert [hit.docid for hit in searcher.search("الجسر", k=1)] == ["d2"]
