"""Lucene indexes of vectors, by Anserini's own indexers in a real JVM: what is in them, whole or absent, and what is
refused.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import forked
import numpy as np
import pytest
from random_store import best_of_views, completed, naive, random_store
from tiny_corpus import besides_progress, environment
from watching import Watched, stop_where

from pyserini_xqg.errors import OutputError, StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import Similarity, read_manifest
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW
from pyserini_xqg.store.vector_store import VectorStore

FLAT = IndexOptions(kind=LUCENE_FLAT)
HNSW = IndexOptions(kind=LUCENE_HNSW, hnsw_m=16, ef_construction=100)
UNNORMALISED = Recipe(alpha=0.0, normalize=False)


@pytest.fixture(scope="module", autouse=True)
def jvm() -> None:
    bridge.join()
    import_pyserini("pyserini.pyclass")


@contextmanager
def reader_of(folder: Path) -> Iterator[Any]:
    from jnius import autoclass

    directory = autoclass("org.apache.lucene.store.FSDirectory").open(autoclass("java.nio.file.Path").of(str(folder)))
    reader = autoclass("org.apache.lucene.index.DirectoryReader").open(directory)
    try:
        yield reader
    finally:
        reader.close()


def contents(folder: Path) -> dict[str, np.ndarray]:
    """Every document's vector, straight from Lucene's segments."""
    from jnius import autoclass, cast

    found: dict[str, np.ndarray] = {}
    with reader_of(folder) as reader:
        leaves = autoclass("org.apache.lucene.index.LeafReader")
        for context in reader.leaves().toArray():
            leaf = cast(leaves, cast("org.apache.lucene.index.LeafReaderContext", context).reader())
            values = leaf.getFloatVectorValues("vector")
            stored = leaf.storedFields()
            for ordinal in range(values.size()):
                name = stored.document(values.ordToDoc(ordinal)).get("id")
                assert name not in found
                found[name] = np.array(values.vectorValue(ordinal), dtype=np.float32)
    return found


def search(folder: Path, query: np.ndarray, hits: int, ef: int = 1000) -> list[tuple[str, float]]:
    """Anserini's own search, Lucene's own scores."""
    from jnius import autoclass

    arguments = autoclass("io.anserini.search.HnswDenseSearcher$Args")()
    arguments.index, arguments.efSearch = str(folder), ef
    searcher = autoclass("io.anserini.search.HnswDenseSearcher")(arguments)
    try:
        return [(hit.docid, hit.score) for hit in searcher.search(json.dumps(query.tolist()), hits)]
    finally:
        searcher.close()


def by_jsonl(
    folder: Path, names: list[str], vectors: np.ndarray, output: Path, generator: str = "DenseVectorDocumentGenerator"
) -> None:
    """Anserini's own way in: the same vectors as text."""
    from jnius import autoclass

    folder.mkdir()
    with (folder / "vectors.jsonl").open("w", encoding="utf-8") as stream:
        for name, vector in zip(names, vectors, strict=True):
            stream.write(
                json.dumps({"docid": name, "contents": "", "vector": [float(value) for value in vector]}) + "\n"
            )
    arguments = autoclass("io.anserini.index.IndexFlatDenseVectors$Args")()
    arguments.collectionClass, arguments.generatorClass = "JsonDenseVectorCollection", generator
    arguments.input, arguments.index, arguments.threads, arguments.quiet, arguments.memoryBuffer = (
        str(folder),
        str(output),
        1,
        True,
        64,
    )
    autoclass("io.anserini.index.IndexFlatDenseVectors")(arguments).run()


def random_unit(rows: int, dimension: int = 16, seed: int = 7) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def unit_store(folder: Path, passages: int = 300, dtype: str = "float32") -> VectorStore:
    """A random store whose passages have length one, as a normalising encoder makes them."""
    made = random_store(folder, passages=passages, shard_size=128, dtype=dtype)
    for shard in sorted((folder / "shards").iterdir()):
        vectors = np.load(shard / "passages.npy").astype(np.float32)
        np.save(shard / "passages.npy", (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(dtype))
    return VectorStore(made.folder)


# What is in them


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("views"),
        Recipe(kappa=0.0),
        Recipe("views", plain_view=True, kappa=0.0),
        Recipe("sum", 0.02, normalize=False, languages=("ru",)),
    ],
)
@pytest.mark.parametrize(
    "options", [FLAT, replace(FLAT, threads=3), replace(HNSW, threads=2)], ids=["flat", "three threads", "hnsw"]
)
def test_an_index_holds_what_the_formulae_say(tmp_path: Path, recipe: Recipe, options: IndexOptions):
    made = random_store(tmp_path / "s", passages=3000, shard_size=1100)
    options = replace(options, allow_unequal=True, allow_none=True)
    result = build_index(VectorStore(made.folder), tmp_path / "i", recipe, options)
    fused = completed(made, recipe)
    names, vectors = naive(made, fused.recipe, fused.prior)
    found = contents(tmp_path / "i")
    assert set(found) == set(names)
    np.testing.assert_allclose(np.array([found[name] for name in names]), vectors, atol=1e-5)
    assert read_manifest(tmp_path / "i") == result.manifest
    assert result.manifest.vectors == len(names)


def test_one_thread_keeps_the_order(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=3000, shard_size=1100)
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    assert list(contents(tmp_path / "i")) == made.docids


def test_the_same_as_through_jsonl(tmp_path: Path):
    """Docids, order and scores are equal to the last bit, on normalised vectors with Anserini's own generator."""
    store = unit_store(tmp_path / "s")
    build_index(store, tmp_path / "ours", Recipe("views"), replace(FLAT, threads=2))
    found = contents(tmp_path / "ours")
    by_jsonl(tmp_path / "text", list(found), np.array(list(found.values())), tmp_path / "theirs")
    assert {name: vector.tobytes() for name, vector in contents(tmp_path / "theirs").items()} == {
        k: v.tobytes() for k, v in found.items()
    }
    for query in random_unit(20):
        assert search(tmp_path / "ours", query, 1000) == search(tmp_path / "theirs", query, 1000)


def test_docids_in_any_script(tmp_path: Path):
    names = ["doc#1", "a/b", "文書-7", "وثيقة", "😀:1", "e\u0301"]
    made = random_store(tmp_path / "s", passages=len(names), docids=names)
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    assert list(contents(tmp_path / "i")) == names


def test_a_store_of_halves(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=50, dtype="float16")
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    fused = completed(made, Recipe())
    expected = naive(made, fused.recipe, fused.prior)[1]
    np.testing.assert_allclose(np.array(list(contents(tmp_path / "i").values())), expected, atol=4e-3)


# Inner products


def test_which_similarity(tmp_path: Path):
    unit, other = unit_store(tmp_path / "unit", dtype="float16"), VectorStore(random_store(tmp_path / "other").folder)
    found = [
        build_index(store, tmp_path / str(number), recipe, FLAT).manifest.similarity
        for number, (store, recipe) in enumerate(
            [(unit, Recipe()), (unit, UNNORMALISED), (other, Recipe()), (other, UNNORMALISED)]
        )
    ]
    # The third has vectors of length one, but its encoder does not make such, and queries may be of any length.
    assert found == [Similarity.DOT_PRODUCT, *[Similarity.MAXIMUM_INNER_PRODUCT] * 3]


def of_norms(folder: Path, ratio: float, shared: float) -> tuple[VectorStore, np.ndarray]:
    """Vectors whose largest length is ``ratio`` times the mean; the lengths are log-normal.

    :param shared: the last number of every vector: with queries that have a large one there, all products have one
        sign.
    """
    rows, dimension = 2000, 32
    made = random_store(folder, passages=rows, dimension=dimension, languages=("ja",), number=1, shard_size=rows)
    normal = np.sort(np.random.default_rng(3).standard_normal(rows))
    spread = next(
        value
        for value in np.arange(0.01, 2, 0.01)
        if np.exp(value * normal[-1]) / np.exp(value * normal).mean() >= ratio
    )
    lengths = 3 * np.exp(spread * normal).astype(np.float32)
    assert lengths.max() / lengths.mean() == pytest.approx(ratio, rel=0.05)  # of what differs between them
    vectors = random_unit(rows, dimension) * lengths[:, None]
    if shared:
        vectors[:, -1] = shared
    np.save(made.folder / "shards/00000/passages.npy", vectors)
    return VectorStore(made.folder), vectors


@pytest.mark.parametrize("ratio", [1.3, 2.0, 4.9])
@pytest.mark.parametrize("sign", [0, 1, -1], ids=["both signs", "positive", "negative"])
@pytest.mark.parametrize("options", [FLAT, HNSW], ids=["flat", "hnsw"])
def test_the_nearest_are_those_of_exact_search_whatever_the_norms(
    tmp_path: Path, ratio: float, sign: int, options: IndexOptions
):
    store, vectors = of_norms(tmp_path / "s", ratio, 30.0 * abs(sign))
    build_index(store, tmp_path / "i", UNNORMALISED, options)
    overlaps = []
    for query in random_unit(30, 32, seed=11):
        query[-1] = 4 * sign or query[-1]
        products = vectors.astype(np.float64) @ query
        assert not sign or (np.sign(products) == sign).all()
        exact = {f"d{row}" for row in np.argsort(-products)[:10]}
        overlaps.append(len(exact & {name for name, _ in search(tmp_path / "i", query, 10, ef=100)}) / 10)
    assert np.mean(overlaps) == 1.0 if options.kind is LUCENE_FLAT else np.mean(overlaps) >= 0.95


def test_views_are_all_there_and_the_best_counts(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=200)
    recipe = Recipe("views")
    build_index(VectorStore(made.folder), tmp_path / "i", recipe, FLAT)
    query = random_unit(1)[0]
    best: dict[str, float] = {}
    for name, _ in search(tmp_path / "i", query, 1000):
        best.setdefault(name.split("#")[0], 0.0)
    fused = completed(made, recipe)
    assert list(best) == [docid for docid, _ in best_of_views(*naive(made, fused.recipe, fused.prior), query)]


# Quantised graphs


def test_a_quantised_graph_of_normalised_vectors(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=2000, dimension=64, languages=("ja",), number=0, shard_size=2000)
    np.save(made.folder / "shards/00000/passages.npy", random_unit(2000, 64))
    options = replace(HNSW, quantize=True, allow_none=True)
    build_index(VectorStore(made.folder), tmp_path / "i", Recipe(kappa=0.0), options)
    assert read_manifest(tmp_path / "i").quantized
    overlaps = []
    for query in random_unit(50, 64, seed=12):
        exact = {f"d{row}" for row in np.argsort(-(random_unit(2000, 64) @ query))[:10]}
        overlaps.append(len(exact & {name for name, _ in search(tmp_path / "i", query, 10, ef=200)}) / 10)
    assert np.mean(overlaps) >= 0.95


def test_quantising_is_refused_where_it_would_be_wrong_or_useless(tmp_path: Path):
    unit, other = unit_store(tmp_path / "unit"), VectorStore(random_store(tmp_path / "other").folder)
    for store, recipe, options, match in [
        (unit, UNNORMALISED, HNSW, "needs vectors of length one"),
        (other, Recipe(), HNSW, "needs vectors of length one"),
        (unit, Recipe(), FLAT, "would only grow"),
        (unit, Recipe(), IndexOptions(), "--quantize is for lucene-hnsw"),
    ]:
        with pytest.raises(UsageError, match=match):
            build_index(store, tmp_path / "i", recipe, replace(options, quantize=True))
    assert not (tmp_path / "i").exists()


# What is refused, and what a failure leaves


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"hnsw_m": 0}, "--hnsw-m is 0; Lucene takes 1 to 512"),
        ({"hnsw_m": 513}, "--hnsw-m is 513"),
        ({"ef_construction": 4000}, "--ef-construction is 4000; Lucene takes 1 to 3200"),
        ({"threads": 0}, "--threads is 0; it must be at least 1"),
    ],
)
def test_what_lucene_cannot_do_is_said_first(tmp_path: Path, change: dict[str, int], match: str):
    store = VectorStore(random_store(tmp_path / "s").folder)
    with pytest.raises(UsageError, match=match):
        build_index(store, tmp_path / "i", Recipe(), replace(HNSW, **change))
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_too_many_dimensions(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", passages=2, dimension=4097, languages=("ja",)).folder)
    with pytest.raises(UsageError, match="at most 4,096 dimensions, these vectors have 4,097"):
        build_index(store, tmp_path / "i", Recipe(), FLAT)


def test_the_same_again_does_nothing_and_another_is_refused(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s").folder)
    build_index(store, tmp_path / "i", Recipe(), FLAT)
    before = {path.name: path.read_bytes() for path in (tmp_path / "i").iterdir()}
    assert not build_index(store, tmp_path / "i", Recipe(), FLAT).made
    with pytest.raises(OutputError, match="holds something else than this index"):
        build_index(store, tmp_path / "i", Recipe(alpha=0.1), FLAT)
    assert {path.name: path.read_bytes() for path in (tmp_path / "i").iterdir()} == before


def test_a_damaged_store_leaves_nothing_and_the_reason_is_the_stores(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=3000, shard_size=1100)
    (made.folder / "shards/00002/passages.npy").write_bytes(b"short")
    with pytest.raises(StoreError, match=r"00002/passages\.npy is cut short or damaged"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), replace(FLAT, threads=2))
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_vector_that_is_no_number_is_named(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=5, shard_size=5)
    vectors = np.load(made.folder / "shards/00000/passages.npy")
    vectors[3, 1] = np.nan
    np.save(made.folder / "shards/00000/passages.npy", vectors)
    with pytest.raises(StoreError, match="the fused vector of 'd3' is not finite"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_docid_that_lucene_refuses(tmp_path: Path):
    made = random_store(tmp_path / "s", passages=2, docids=["d1", "x" * 40_000])
    with pytest.raises(OutputError, match="1 of 2 vectors are in it"):
        build_index(VectorStore(made.folder), tmp_path / "i", Recipe(), FLAT)
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


INDEX = """
import sys
from pathlib import Path
from pyserini_xqg.commands import main
sys.exit(main(["index", "--store", sys.argv[1], "--output", sys.argv[2], "--type", sys.argv[3], "--threads", "2"]))
"""


def start(store: Path, output: Path, kind: str, **more: Any) -> Watched:
    words = ["-c", INDEX, str(store), str(output), kind]
    if not more:
        return forked.start(words, environment())
    return subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12,000 passages of 64 dimensions."""
    return random_store(
        tmp_path_factory.mktemp("larger") / "s",
        passages=12_000,
        dimension=64,
        languages=("ja",),
        number=1,
        shard_size=3000,
    ).folder


@pytest.mark.parametrize("kind", ["lucene-flat", "lucene-hnsw"])
def test_kill_9_leaves_no_index_and_the_rerun_makes_it(tmp_path: Path, larger: Path, kind: str):
    output = tmp_path / "i"
    for attempt in range(3):
        child = start(larger, output, kind)
        seen = lambda: [path for path in tmp_path.glob(".xqg-partial-i-*/*")]  # noqa: E731
        while not seen() and child.poll() is None:
            time.sleep(0.01)
        time.sleep(random.Random(attempt).uniform(0, 0.3))
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        child.communicate()
        assert not output.exists() or read_manifest(output) is not None
        if output.exists():
            break
    child = start(larger, output, kind)
    _, errors = child.communicate(timeout=300)
    assert child.returncode == 0, errors
    assert len(contents(output)) == 12_000
    assert [path.name for path in tmp_path.iterdir()] == ["i"]


def test_two_indexers_on_one_folder(tmp_path: Path, larger: Path):
    output = tmp_path / "i"
    first = start(larger, output, "lucene-hnsw")
    stop_where(first, lambda: list(tmp_path.glob(".xqg-partial-i-*/*")))
    try:
        second = start(larger, output, "lucene-hnsw")
        _, errors = second.communicate(timeout=300)
        assert second.returncode == 1
        assert "is being built by another process" in errors
        assert len(errors.splitlines()) == 1, errors
    finally:
        first.send_signal(signal.SIGCONT)
    _, errors = first.communicate(timeout=300)
    assert first.returncode == 0, errors
    assert len(contents(output)) == 12_000


def test_a_full_disk_leaves_nothing_and_is_said_in_one_line(tmp_path: Path, larger: Path):
    limit = 1_000_000
    child = start(
        larger,
        tmp_path / "i",
        "lucene-flat",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    out, errors = child.communicate(timeout=300)
    assert child.returncode == 1, out + errors
    assert "could not be written" in errors
    assert len(errors.splitlines()) == 1, errors
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_is_quiet(tmp_path: Path, larger: Path):
    child = start(larger, tmp_path / "i", "lucene-flat")
    out, errors = child.communicate(timeout=300)
    assert (child.returncode, besides_progress(errors)) == (0, "")
    assert out.splitlines()[0].startswith(
        f"{tmp_path / 'i'} built: lucene-flat, 12,000 passages, 12,000 vectors x 64, "
    )
    assert (
        out.splitlines()[-1]
        == f"next: pyserini-xqg search lucene --index {tmp_path / 'i'} --topics TOPICS.tsv --output RUN.txt"
    )


# The classes, as anyone may use them


def test_without_a_feed_the_collection_says_what_to_do(tmp_path: Path):
    from jnius import JavaException, autoclass

    collection = autoclass("io.anserini.collection.XqgVectorCollection")(
        autoclass("java.nio.file.Path").of(str(tmp_path))
    )
    with pytest.raises(JavaException, match="start with `pyserini-xqg index`"):
        collection.getSegmentPaths()


def test_the_generator_with_anserinis_own_collection(tmp_path: Path):
    bridge.set_property("xqg.similarity", "MAXIMUM_INNER_PRODUCT")
    names, vectors = [f"d{row}" for row in range(100)], 5 * random_unit(100)
    by_jsonl(tmp_path / "text", names, vectors, tmp_path / "i", "XqgVectorDocumentGenerator")
    query = -3 * random_unit(1, seed=2)[0]
    exact = vectors.astype(np.float64) @ query
    for name, score in search(tmp_path / "i", query, 100):
        product = exact[names.index(name)]
        assert score == pytest.approx(product + 1 if product >= 0 else 1 / (1 - product), rel=1e-5)
