"""``search lucene`` over dense Lucene indexes: the passages and scores of exact search, queries encoded inside the
JVM.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from random_store import best_of_views, completed, naive, random_store
from run_files import Run, assert_same, read
from tiny_corpus import xqg

from pyserini_xqg.errors import EncoderError, OutputError, StoreError, UsageError, XqgError
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java import bridge
from pyserini_xqg.manifests.dense import read_manifest, write_manifest
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, run
from pyserini_xqg.store.vector_store import VectorStore

if TYPE_CHECKING:
    from conftest import Collection

pytestmark = pytest.mark.usefixtures("pyserini")

FLAT, HNSW = IndexOptions(kind=LUCENE_FLAT), IndexOptions(kind=LUCENE_HNSW)
RECIPES = {"mean": Recipe(), "views": Recipe("views"), "raw": Recipe("sum", 2 / 3, normalize=False)}


@pytest.fixture(scope="module")
def indexes(collection: Collection, pyserini: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``flat-mean``, ``hnsw-views``, ``faiss-raw`` … of the collection."""
    folder, store = tmp_path_factory.mktemp("lucene"), VectorStore(collection.folder / "store")
    for name, recipe in RECIPES.items():
        for kind, options in {"flat": FLAT, "hnsw": HNSW, "faiss": IndexOptions()}.items():
            build_index(store, folder / f"{kind}-{name}", recipe, replace(options, allow_unequal=True))
    return folder


def search(collection: Collection, index: Path, output: Path, *flags: object) -> Run:
    command = PyseriniCommand.FAISS if index.name.startswith("faiss") else PyseriniCommand.LUCENE
    own = ["--precision", "fp32"] if command is PyseriniCommand.FAISS else []
    run(
        command,
        [*own, *map(str, ("--index", index, "--topics", collection.topics, "--output", output, *flags))],
        resolve_encoder,
    )
    return read(output)


# What is found


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_passages_and_inner_products_are_those_of_exact_search(
    collection: Collection, indexes: Path, tmp_path: Path, kind: str, name: str
):
    expected = search(collection, indexes / f"faiss-{name}", tmp_path / "faiss.txt", "--hits", 10)
    found = search(collection, indexes / f"{kind}-{name}", tmp_path / "lucene.txt", "--hits", 10)
    assert all(len(hits) == 10 and len(dict(hits)) == 10 for hits in found.values())
    assert not any("#" in docid for hits in found.values() for docid, _ in hits)
    assert_same(found, expected)


@pytest.mark.parametrize(
    "flags", [("--batch-size", 1, "--threads", 1), ("--dense", "--flat", "--onnx-encoder", "Xqg"), ("--batch-size=3",)]
)
def test_flags_as_pyserini_takes_them(collection: Collection, indexes: Path, tmp_path: Path, flags: tuple[object, ...]):
    expected = search(collection, indexes / "faiss-views", tmp_path / "faiss.txt", "--hits", 5)
    assert_same(search(collection, indexes / "flat-views", tmp_path / "lucene.txt", "--hits", 5, *flags), expected)


def test_more_hits_than_passages_and_efsearch_follows_the_hits(collection: Collection, indexes: Path, tmp_path: Path):
    for kind in ("flat", "hnsw"):
        found = search(
            collection, indexes / f"{kind}-views", tmp_path / "run.txt", *(["--ef-search", 1] if kind == "hnsw" else [])
        )
        assert all(
            {docid for docid, _ in hits} == {f"d{row}" for row in range(40)} and len(hits) == 40
            for hits in found.values()
        )


def test_max_passage_does_no_harm(collection: Collection, indexes: Path, tmp_path: Path):
    expected = search(collection, indexes / "flat-views", tmp_path / "run.txt", "--hits", 10)
    flags = ("--hits", 40, "--max-passage", "--max-passage-hits", 10)
    assert_same(search(collection, indexes / "flat-views", tmp_path / "run.txt", *flags), expected)


def test_an_encoder_by_its_folder_and_characters_beyond_the_first_plane(
    collection: Collection, indexes: Path, tmp_path: Path
):
    topics = tmp_path / "topics.tsv"
    topics.write_text("1\t😀 the bridge 𝔘\n2\t𐤀𐤁𐤂\n", encoding="utf-8")
    more = replace(collection, topics=topics)
    expected = search(more, indexes / "faiss-mean", tmp_path / "faiss.txt", "--hits", 10)
    assert_same(
        search(more, indexes / "hnsw-mean", tmp_path / "lucene.txt", "--hits", 10, "--encoder", collection.encoder),
        expected,
    )


def test_flat_search_gives_more_than_a_thousand_hits(tmp_path: Path):
    """Over several segments, by vectors, ties aside in exact order."""
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    made = random_store(tmp_path / "s", passages=3000, shard_size=3000)
    recipe = Recipe("views", normalize=False)
    build_index(VectorStore(made.folder), tmp_path / "i", recipe, replace(FLAT, threads=3))
    searcher, fused = XqgLuceneDenseSearcher(str(tmp_path / "i")), completed(made, recipe)
    queries = np.random.default_rng(1).standard_normal((3, 16), dtype=np.float32)
    for query, hits in zip(queries, searcher.search_vectors(queries, 2500, threads=2), strict=True):
        expected = best_of_views(*naive(made, fused.recipe, fused.prior), query)[:2500]
        assert len({hit.docid for hit in hits}) == 2500
        np.testing.assert_allclose([hit.score for hit in hits], [score for _, score in expected], atol=2e-5)
        exact = dict(expected)
        np.testing.assert_allclose(
            [hit.score for hit in hits[:2400]], [exact[hit.docid] for hit in hits[:2400]], atol=2e-5
        )
    searcher.close()


def test_a_quantised_graph_scores_by_the_full_vectors(tmp_path: Path):
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    made = random_store(tmp_path / "s", passages=3000, dimension=64, languages=("ja",), number=0, shard_size=3000)
    random = np.random.default_rng(1)
    vectors, queries = (random.standard_normal((rows, 64), dtype=np.float32) for rows in (3000, 30))
    vectors, queries = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (vectors, queries))
    np.save(made.folder / "shards/00000/passages.npy", vectors)
    options = replace(HNSW, quantize=True, threads=2)
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(alpha=0.0), options)
    searcher = XqgLuceneDenseSearcher(str(tmp_path / "i"), ef_search=300)
    overlaps = []
    for query, hits in zip(queries, searcher.search_vectors(queries, 10, threads=2), strict=True):
        products = vectors @ query
        np.testing.assert_allclose(
            [hit.score for hit in hits], [products[int(hit.docid[1:])] for hit in hits], atol=3e-7
        )
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        overlaps.append(len({f"d{row}" for row in np.argsort(-products)[:10]} & {hit.docid for hit in hits}) / 10)
    assert np.mean(overlaps) >= 0.95
    searcher.close()


def test_one_text_or_many(collection: Collection, indexes: Path, tmp_path: Path):
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    expected = search(collection, indexes / "flat-views", tmp_path / "run.txt", "--hits", 4)  # names the encoder
    searcher = XqgLuceneDenseSearcher(str(indexes / "flat-views"), encoder="Xqg")
    many = searcher.batch_search(list(collection.texts.values()), list(collection.texts), 4, threads=2)
    for qid, text in collection.texts.items():
        assert searcher.search(text, 4) == many[qid]
        assert [(hit.docid, round(hit.score, 6)) for hit in many[qid]] == expected[qid]
    assert searcher.batch_search([], [], 4) == {}
    searcher.close()


# What goes wrong


def assert_fails(
    error: type[XqgError], match: str, output: Path, index: Path, *flags: object, collection: Collection
) -> None:
    output.write_text("1 Q0 d1 1 0.5 older\n")
    with pytest.raises(error, match=match):
        search(collection, index, output, *flags)
    assert output.read_text() == "1 Q0 d1 1 0.5 older\n"
    assert [path.name for path in output.parent.iterdir() if path.name.startswith(".xqg-partial-run")] == []


@pytest.mark.parametrize(
    ("flags", "match"),
    [
        (["--hits", 0], "--hits is 0; it must be at least 1"),
        (["--hits", -5], "--hits is -5; it must be at least 1"),
        (["--hnsw"], "--hnsw does not go with .*flat-mean, which is a lucene-flat index"),
        (["--ef-search", 100], "--ef-search is for HNSW graphs"),
        (["--fields", "contents=1.0"], "--fields is for indexes of words, and .* is one of vectors"),
        (["--language", "ar"], "--language is for indexes of words"),
        (["--onnx-encoder", "BgeBaseEn15"], "--onnx-encoder BgeBaseEn15 is not what made"),
    ],
)
def test_flags_that_do_not_go_together(
    collection: Collection, indexes: Path, tmp_path: Path, flags: list[object], match: str
):
    assert_fails(UsageError, match, tmp_path / "run.txt", indexes / "flat-mean", *flags, collection=collection)


def test_another_encoder_is_refused(collection: Collection, indexes: Path, tmp_path: Path, e5: Path):
    assert_fails(
        EncoderError,
        "search with the same one",
        tmp_path / "run.txt",
        indexes / "flat-mean",
        "--encoder",
        e5,
        collection=collection,
    )
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    bridge.set_property(bridge.ENCODER_PROPERTY, str(e5))
    with pytest.raises(EncoderError, match="search with the same one"):
        XqgLuceneDenseSearcher(str(indexes / "flat-mean"), encoder="Xqg")


def test_an_encoder_that_cannot_be_loaded(collection: Collection, indexes: Path, tmp_path: Path):
    encoder = shutil.copytree(collection.encoder, tmp_path / "encoder")
    (encoder / "model.onnx").write_bytes(b"no graph")
    assert_fails(
        EncoderError,
        "cannot be loaded inside the JVM",
        tmp_path / "run.txt",
        indexes / "flat-mean",
        "--encoder",
        encoder,
        collection=collection,
    )


def test_each_kind_of_index_names_its_own_command(collection: Collection, indexes: Path, tmp_path: Path):
    flags = ["--topics", str(collection.topics), "--output", str(tmp_path / "run.txt")]
    with pytest.raises(
        UsageError, match="is a lucene-flat index, which FAISS cannot search; use `pyserini-xqg search lucene`"
    ):
        run(PyseriniCommand.FAISS, ["--index", str(indexes / "flat-mean"), *flags], resolve_encoder)
    with pytest.raises(
        UsageError, match="is a faiss-flat index, which Lucene cannot search; use `pyserini-xqg search faiss`"
    ):
        run(PyseriniCommand.LUCENE, ["--index", str(indexes / "faiss-mean"), *flags], resolve_encoder)


def test_what_a_killed_run_left_is_not_searched(collection: Collection, indexes: Path, tmp_path: Path):
    left = shutil.copytree(indexes / "flat-mean", tmp_path / ".xqg-partial-i-0123abcd")
    assert_fails(
        StoreError, "is what a run that was stopped left behind", tmp_path / "run.txt", left, collection=collection
    )


def test_a_damaged_index(collection: Collection, indexes: Path, tmp_path: Path):
    index = shutil.copytree(indexes / "flat-mean", tmp_path / "index")
    manifest = read_manifest(index)
    assert manifest is not None
    write_manifest(index, replace(manifest, vectors=41))
    assert_fails(
        StoreError, "holds 40 vectors and was built with 41", tmp_path / "run.txt", index, collection=collection
    )
    write_manifest(index, manifest)
    for path in index.glob("_*.vec"):
        path.write_bytes(path.read_bytes()[:-100])
    assert_fails(StoreError, "cannot be read by Lucene", tmp_path / "run.txt", index, collection=collection)
    for path in index.glob("segments*"):
        path.unlink()
    assert_fails(StoreError, "cannot be read by Lucene", tmp_path / "run.txt", index, collection=collection)


def test_an_output_that_cannot_be_written(collection: Collection, indexes: Path, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"):
        search(collection, indexes / "flat-mean", tmp_path / "file/run.txt")


def test_vectors_of_another_dimension(indexes: Path):
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    searcher = XqgLuceneDenseSearcher(str(indexes / "flat-mean"))
    with pytest.raises(UsageError, match="was made without an encoder"):
        searcher.search("a text")
    with pytest.raises(StoreError, match="vector query dimension: 7 differs from field dimension: 32"):
        searcher.search_vectors(np.ones((2, 7), np.float32))
    searcher.close()


def test_from_the_command_line(collection: Collection, indexes: Path, tmp_path: Path):
    done = xqg(
        "search",
        "lucene",
        "--index",
        indexes / "hnsw-views",
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "run.txt",
        "--hits",
        3,
    )
    assert done.returncode == 0, done.stderr
    assert {len(hits) for hits in read(tmp_path / "run.txt").values()} == {3}
    assert "INFO" not in done.stdout + done.stderr
    done = xqg(
        "search",
        "lucene",
        "--index",
        indexes / "hnsw-views",
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "run.txt",
        "--hits",
        0,
    )
    assert (done.returncode, done.stderr) == (2, "pyserini-xqg search: --hits is 0; it must be at least 1\n")


def test_the_manifest_of_an_older_index_is_read(collection: Collection, tmp_path: Path):
    index = shutil.copytree(collection.index("mean"), tmp_path / "older")
    raw = json.loads((index / "xqg.json").read_text())
    del raw["similarity"], raw["quantized"]
    (index / "xqg.json").write_text(json.dumps(raw))
    assert read_manifest(index) == read_manifest(collection.index("mean"))
