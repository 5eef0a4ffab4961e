"""Vectors that are not what the encoder makes of the passages are refused, as far as can be told."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from index_world import IndexWorld, docids_of, passages_of, trained, write_faiss
from tiny_graph import write_word_encoder

from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import read_config, write_config
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, StoreError, UsageError, XqgError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.kinds import LATE


def assert_refused(world: IndexWorld, error: type[XqgError], match: str, index: Path, output: Path) -> None:
    with pytest.raises(error, match=match) as raised:
        world.take(index, output)
    assert "\n" not in str(raised.value)
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "fused"), [("mean", r"passages fused with queries \(alpha 0.3\)"), ("views", "views")]
)
def test_an_index_of_fused_vectors_is_refused(world: IndexWorld, name: str, fused: str, tmp_path: Path):
    match = f"--vectors {world.folder / name}: its vectors are those of {fused}, not of the passages"
    assert_refused(world, UsageError, match, world.folder / name, tmp_path / "s")


def test_views_are_refused_at_any_alpha(world: IndexWorld, tmp_path: Path):
    build_index(world.store, tmp_path / "i", Recipe("views", alpha=0.0))
    assert_refused(world, UsageError, "its vectors are those of views", tmp_path / "i", tmp_path / "s")


def test_a_late_index_leads_to_its_store(world: IndexWorld, tmp_path: Path):
    build_index(world.store, tmp_path / "i", Recipe(alpha=0.0), IndexOptions(kind=LATE))
    match = f"give {tmp_path / 'i/store'} to `pyserini-xqg index --store`"
    assert_refused(world, UsageError, match, tmp_path / "i", tmp_path / "s")


def test_our_index_of_another_encoder_is_refused(world: IndexWorld, tmp_path: Path):
    folder = shutil.copytree(world.encoder.folder, tmp_path / "encoder")
    write_config(folder, replace(read_config(folder), query_prefix="ask: "))
    other = replace(world, encoder=Encoder(folder, Precision.FP32, 1))
    match = rf"plain was made with the encoder .*, --encoder is {folder} \(\w{{12}}\); encode with the same one"
    assert_refused(other, EncoderError, match, world.folder / "plain", tmp_path / "s")


def test_another_dimension_is_refused(world: IndexWorld, tmp_path: Path):
    vectors = np.ascontiguousarray(passages_of(world.store)[:, :8])
    index = write_faiss(tmp_path / "i", trained("Flat", vectors), docids_of(world.store))
    match = "i holds vectors of 8 dimensions, the encoder .* gives 32; give the encoder that made them"
    assert_refused(world, EncoderError, match, index, tmp_path / "s")


def test_our_index_that_was_changed_is_refused(world: IndexWorld, tmp_path: Path):
    index = shutil.copytree(world.folder / "plain", tmp_path / "i")
    docids = (index / "docid").read_text().splitlines()
    (index / "docid").write_text("\n".join([*docids[1:], docids[0], ""]))
    match = r"i/docid was changed after it was written \(its checksum differs\)"
    assert_refused(world, StoreError, match, index, tmp_path / "s")


@pytest.mark.parametrize("factory", ["Flat", "HNSW8", "SQ8"])
def test_vectors_of_another_length_are_refused(world: IndexWorld, factory: str, tmp_path: Path):
    index = write_faiss(tmp_path / "i", trained(factory, 3 * passages_of(world.store)), docids_of(world.store))
    match = (
        r"i holds vectors of length (2.9\d|3) to 3(.0\d)?, those of the encoder .* are of length one; .*--no-normali"
    )
    assert_refused(world, EncoderError, match, index, tmp_path / "s")


def test_vectors_that_are_nearly_of_length_one_are_refused_where_the_index_keeps_them_whole(
    world: IndexWorld, tmp_path: Path
):
    """As the mean of several unit vectors is."""
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store) * 0.97), docids_of(world.store))
    assert_refused(world, EncoderError, "i holds vectors of length 0.97 to 0.97", index, tmp_path / "s")


def test_one_odd_vector_says_nothing(world: IndexWorld, tmp_path: Path):
    vectors = passages_of(world.store)
    vectors[7] = 0
    world.take(write_faiss(tmp_path / "i", trained("Flat", vectors), docids_of(world.store)), tmp_path / "s")


def test_vectors_of_an_encoder_that_does_not_normalise(world: IndexWorld, tmp_path: Path):
    encoder = Encoder(write_word_encoder(tmp_path / "words"), Precision.FP32, 1)
    assert not encoder.config.normalize
    other = replace(world, encoder=encoder)
    vectors = np.random.default_rng(0).standard_normal((60, 2), dtype=np.float32)
    docids = docids_of(world.store)
    other.take(write_faiss(tmp_path / "raw", trained("Flat", vectors), docids), tmp_path / "a", queries=False)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    index = write_faiss(tmp_path / "unit", trained("Flat", unit), docids)
    match = "unit holds vectors of length 1 to 1, and the encoder .*words does not normalise; .* with --normalize"
    assert_refused(other, EncoderError, match, index, tmp_path / "b")


def test_a_damaged_manifest_is_named(world: IndexWorld, tmp_path: Path):
    index = shutil.copytree(world.folder / "plain", tmp_path / "i")
    (index / "xqg.json").write_text(json.dumps({"format": 1, "kind": "faiss-flat"}))
    assert_refused(world, StoreError, "i/xqg.json is damaged", index, tmp_path / "s")


def test_a_corpus_and_an_index_together_are_refused(world: IndexWorld, tmp_path: Path):
    for given in ({}, {"corpus": world.corpus, "vectors": world.folder / "plain"}):
        with pytest.raises(UsageError, match="give one of --corpus and --vectors"):
            encode(encoder=world.encoder, output=tmp_path / "s", **given)
