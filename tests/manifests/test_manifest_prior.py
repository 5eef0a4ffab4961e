"""``prior.npy``: what is written is read, what was changed is noticed, and a predictor is taken from nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_store import random_store, related_store

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.dense import Manifest, read_manifest, write_manifest
from pyserini_xqg.manifests.prior import PRIOR, read_prior, read_slope
from pyserini_xqg.store.fused_store import complete
from pyserini_xqg.store.vector_store import VectorStore

FINGERPRINT = "f" * 64


def manifest_of(folder: Path) -> Manifest:
    found = read_manifest(folder)
    assert found is not None
    return found


@pytest.fixture
def learned(tmp_path: Path) -> Path:
    """An index that has learned a predictor."""
    build_index(VectorStore(related_store(tmp_path / "s").folder), tmp_path / "i", Recipe(), IndexOptions())
    return tmp_path / "i"


@pytest.mark.parametrize("related", [True, False])
def test_what_was_written_is_read(tmp_path: Path, related: bool):
    store = VectorStore((related_store if related else random_store)(tmp_path / "s").folder)
    build_index(store, tmp_path / "i", Recipe(), IndexOptions())
    manifest, fused = manifest_of(tmp_path / "i"), complete(store, Recipe())
    found = read_prior(tmp_path / "i", manifest)
    assert found is not None
    assert fused.prior is not None
    assert found.languages == fused.prior.languages
    np.testing.assert_array_equal(found.intercepts, fused.prior.intercepts)
    np.testing.assert_array_equal(found.mean_passage, fused.prior.mean_passage)
    assert (found.slope is not None) == related
    if related:
        np.testing.assert_array_equal(found.slope, fused.prior.slope)
    kept = np.load(tmp_path / "i" / PRIOR)
    assert (kept.dtype, len(kept)) == (np.float16, len(found.languages) + 1 + (12 if related else 0))


def test_one_flipped_byte_is_noticed(learned: Path):
    manifest = manifest_of(learned)
    whole = (learned / PRIOR).read_bytes()
    for place in (0, 60, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        (learned / PRIOR).write_bytes(bytes(changed))
        with pytest.raises(
            StoreError, match=r"prior\.npy was changed after it was written \(its checksum differs\); bui"
        ):
            read_prior(learned, manifest)
    (learned / PRIOR).write_bytes(whole[:-10])
    with pytest.raises(StoreError, match="was changed"):
        read_prior(learned, manifest)
    (learned / PRIOR).unlink()
    with pytest.raises(StoreError, match=r"prior\.npy is missing; build the index again"):
        read_prior(learned, manifest)


def test_an_index_without_a_prior_has_none(learned: Path, tmp_path: Path):
    store = VectorStore(tmp_path / "s")
    build_index(store, tmp_path / "plain", Recipe(alpha=0.0), IndexOptions())
    assert read_prior(tmp_path / "plain", manifest_of(tmp_path / "plain")) is None
    assert not (tmp_path / "plain" / PRIOR).exists()


# A predictor of another index


def test_the_slope_is_the_one_that_it_learned(learned: Path):
    found = read_prior(learned, manifest_of(learned))
    assert found is not None
    np.testing.assert_array_equal(read_slope(learned, FINGERPRINT), found.slope)


def test_a_folder_that_is_no_index_has_no_predictor(learned: Path, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    for folder in (tmp_path / "mine", tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=r"is not an index of ours, .* it has no xqg\.json"):
            read_slope(folder, FINGERPRINT)


def test_an_index_that_has_learned_none_is_refused(learned: Path, tmp_path: Path):
    store = VectorStore(tmp_path / "s")
    build_index(store, tmp_path / "none", Recipe(kappa=0.0), IndexOptions(allow_none=True))
    few = VectorStore(random_store(tmp_path / "t", passages=9).folder)
    build_index(few, tmp_path / "mean", Recipe(), IndexOptions())
    for name in ("none", "mean"):
        with pytest.raises(UsageError, match="has learned no predictor"):
            read_slope(tmp_path / name, FINGERPRINT)


def test_an_index_of_another_encoder_is_refused(learned: Path):
    write_manifest(learned, replace(manifest_of(learned), fingerprint="0" * 64))
    with pytest.raises(
        UsageError,
        match=r"was made with another encoder \(random, fingerprint 0{12}…\) than the store \(fingerprint f{12}…\)",
    ):
        read_slope(learned, FINGERPRINT)
