"""Vectors out of FAISS indexes: the store that encoding the corpus makes, or one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import faiss
import numpy as np
import pytest
from index_world import PASSAGES, IndexWorld, counts_of, docids_of, passages_of, sums_of, trained, write_faiss

from pyserini_xqg.encode.encode_corpus import EncodeOptions
from pyserini_xqg.errors import InputError, StoreError, UsageError, XqgError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.input.records import OnError
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, FAISS_HNSW
from pyserini_xqg.store.vector_store import VectorStore

KINDS = {
    "Flat": 0.0,
    "HNSW8": 0.0,
    "IVF4,Flat": 0.0,
    "L2norm,Flat": 1e-6,
    "SQfp16": 1e-3,
    "SQ8": 0.02,
    "HNSW8,SQ8": 0.02,
    "IVF4,SQ8": 0.02,
    "PQ16x4fs": 0.5,
    "IVF4,PQ4x4": 0.7,
    "IVF4,PQ16x4fs,RFlat": 0.0,
    "SQ8,RFlat": 0.0,
}
"""FAISS's factory string -> how far a number may be off."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("factory", KINDS)
def test_other_peoples_indexes_give_the_store_of_their_corpus(world: IndexWorld, factory: str, tmp_path: Path):
    index = write_faiss(tmp_path / "i", trained(factory, passages_of(world.store)), docids_of(world.store))
    result = world.take(index, tmp_path / "s")
    made = VectorStore(tmp_path / "s")
    assert docids_of(made) == docids_of(world.store)
    np.testing.assert_allclose(passages_of(made), passages_of(world.store), atol=KINDS[factory])
    np.testing.assert_array_equal(sums_of(made), sums_of(world.store))
    np.testing.assert_array_equal(counts_of(made), counts_of(world.store))
    assert ("rounded" in result.vectors) == (KINDS[factory] > 0)
    assert result.passages_without_queries == PASSAGES - np.count_nonzero(counts_of(made).sum(axis=1))


def test_vectors_that_were_given_ids_are_named_by_them(world: IndexWorld, tmp_path: Path):
    """As Pyserini names them: the id is the line of the docid."""
    vectors, order = passages_of(world.store), np.random.default_rng(0).permutation(PASSAGES)
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(vectors[order], order)
    result = world.take(write_faiss(tmp_path / "i", index, docids_of(world.store)), tmp_path / "s")
    assert result.vectors == "IndexIDMap2"
    np.testing.assert_array_equal(passages_of(VectorStore(tmp_path / "s")), vectors)


@pytest.mark.parametrize(
    "options",
    [
        IndexOptions(),
        IndexOptions(kind=FAISS_HNSW, hnsw_m=8, ef_construction=20),
        IndexOptions(kind=FAISS_FACTORY, factory="IVF2,SQ8"),
    ],
    ids=["flat", "hnsw", "factory"],
)
def test_our_own_index_gives_its_store_again(world: IndexWorld, options: IndexOptions, tmp_path: Path):
    build_index(world.store, tmp_path / "i", Recipe(alpha=0.0), options)
    world.take(tmp_path / "i", tmp_path / "s")
    atol = 0.02 if options.kind is FAISS_FACTORY else 1e-6
    np.testing.assert_allclose(passages_of(VectorStore(tmp_path / "s")), passages_of(world.store), atol=atol)


def test_in_halves_it_is_the_store_of_the_corpus_in_halves(world: IndexWorld, tmp_path: Path):
    world.take(world.folder / "plain", tmp_path / "s", options=EncodeOptions())
    (shard,) = VectorStore(tmp_path / "s").shards()
    assert shard.passages().dtype == np.float16
    np.testing.assert_allclose(shard.passages(), passages_of(world.store), atol=5e-4)


@pytest.mark.parametrize("keep", Keep)
def test_a_store_of_passages_alone_is_indexed_and_taken_again(world: IndexWorld, keep: Keep, tmp_path: Path):
    """Without queries nothing is fused, whatever alpha the recipe names."""
    options = EncodeOptions(dtype="float32", keep=keep)
    world.take(world.folder / "plain", tmp_path / "s", queries=False, options=options)
    made = VectorStore(tmp_path / "s")
    assert (made.meta.languages, made.query_numbers(())) == ((), (0, 0))
    build_index(made, tmp_path / "i", Recipe())
    world.take(tmp_path / "i", tmp_path / "again", queries=False, options=options)
    np.testing.assert_allclose(passages_of(VectorStore(tmp_path / "again")), passages_of(world.store), atol=1e-6)


def test_docids_keep_their_every_character(world: IndexWorld, tmp_path: Path):
    docids = [f"{name}{row}" for row in range(PASSAGES // 5) for name in ("00", "é", "e\u0301", "d#ar", "🦊")]
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids)
    world.take(index, tmp_path / "s", queries=False)
    assert docids_of(VectorStore(tmp_path / "s")) == docids


def test_bad_docids_are_left_out_with_their_vectors_where_that_was_asked(world: IndexWorld, tmp_path: Path):
    docids = docids_of(world.store)
    docids[3], docids[20], docids[40] = "", "two words", "d7"
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids)
    with pytest.raises(InputError, match=r"i/docid:4: the 'docid' is empty"):
        world.take(index, tmp_path / "s", queries=False)
    result = world.take(index, tmp_path / "s", queries=False, on_error=OnError.SKIP)
    assert [example.partition("docid:")[2].split(":")[0] for example in result.skipped.examples] == ["4", "21", "41"]
    kept = np.delete(np.arange(PASSAGES), [3, 20, 40])
    np.testing.assert_array_equal(passages_of(VectorStore(tmp_path / "s")), passages_of(world.store)[kept])


# What goes wrong


def assert_refused(world: IndexWorld, error: type[XqgError], match: str, index: Path, output: Path) -> None:
    with pytest.raises(error, match=match) as raised:
        world.take(index, output)
    assert "\n" not in str(raised.value)
    assert not output.exists()


@pytest.mark.parametrize(
    ("factory", "reason"),
    [("ITQ16,LSHr", "reverse transform not implemented"), ("IVF4,PQ16x4fs", "its codes are packed for fast scans")],
)
@pytest.mark.filterwarnings("ignore")
def test_an_index_that_does_not_reconstruct_says_so(world: IndexWorld, factory: str, reason: str, tmp_path: Path):
    vectors = passages_of(world.store)
    if "LSH" in factory:
        index = faiss.index_factory(vectors.shape[1], factory)
        index.train(vectors)
        index.add(vectors)
    else:
        index = trained(factory, vectors)
    place = write_faiss(tmp_path / "i", index, docids_of(world.store))
    match = rf"FAISS cannot take the vectors out of an Index\w+ \({reason}\); encode the corpus with --corpus instead"
    assert_refused(world, UsageError, match, place, tmp_path / "s")


def test_ids_that_are_not_the_lines_of_docid_are_refused(world: IndexWorld, tmp_path: Path):
    vectors = passages_of(world.store)
    index = faiss.index_factory(vectors.shape[1], "IVF2,Flat")
    index.train(vectors)
    index.add_with_ids(vectors, 3 * np.arange(PASSAGES))
    place = write_faiss(tmp_path / "i", index, docids_of(world.store))
    assert_refused(world, UsageError, "direct map supported only for sequential ids", place, tmp_path / "s")


@pytest.mark.parametrize("change", [-1, 1])
def test_another_number_of_docids_is_refused(world: IndexWorld, change: int, tmp_path: Path):
    docids = [*docids_of(world.store), "more"][: PASSAGES + change]
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids)
    match = f"docid: has {PASSAGES + change} docids, and .*/index {PASSAGES} vectors; they belong to different indexes"
    assert_refused(world, InputError, match, index, tmp_path / "s")


def test_a_docid_that_occurs_twice_is_refused(world: IndexWorld, tmp_path: Path):
    docids = docids_of(world.store)
    docids[41] = docids[2]
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids)
    match = "docid:42: the docid 'd2' is there already, at .*docid:3; docids must be unique"
    assert_refused(world, InputError, match, index, tmp_path / "s")


def _without_docid(index: Path) -> None:
    (index / "docid").unlink()


def _not_utf8(index: Path) -> None:
    (index / "docid").write_bytes(b"d\xff\n" * PASSAGES)


def _cut(index: Path) -> None:
    (index / "index").write_bytes((index / "index").read_bytes()[:-9])


def _no_faiss(index: Path) -> None:
    (index / "index").write_text("{}")


def _without_index(index: Path) -> None:
    (index / "index").unlink()


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (_without_docid, InputError, "i/docid: there is no such file, and only it says which passage each vector is"),
        (_not_utf8, InputError, "i/docid:1: not UTF-8 text"),
        (_cut, StoreError, r"i/index cannot be read by FAISS \(.*\); fetch or build the index again"),
        (_no_faiss, StoreError, "i/index cannot be read by FAISS"),
        (_without_index, InputError, "i: holds no index; expected a folder with FAISS's index and docid"),
        (shutil.rmtree, InputError, "i: holds no index"),
    ],
)
def test_a_damaged_index_is_named(world: IndexWorld, damage, error: type[XqgError], said: str, tmp_path: Path):
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids_of(world.store))
    damage(index)
    assert_refused(world, error, said, index, tmp_path / "s")


def test_a_vector_that_is_not_finite_is_named(world: IndexWorld, tmp_path: Path):
    vectors = passages_of(world.store)
    vectors[43, 1] = np.nan
    index = write_faiss(tmp_path / "i", trained("Flat", vectors), docids_of(world.store))
    with pytest.raises(StoreError, match=f"the vector of 'd43' in {index} is not finite"):
        world.take(index, tmp_path / "s")
    assert sorted(path.name for path in (tmp_path / "s/shards").glob("0*")) == ["00000", "00001"]


def test_queries_of_passages_that_the_index_has_not_are_named(world: IndexWorld, tmp_path: Path):
    docids = [f"x{docid}" for docid in docids_of(world.store)]
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids)
    match = f"queries.jsonl:1: queries for 'd59', which is not in {index}"
    assert_refused(world, InputError, match, index, tmp_path / "s")
