"""``xqg.json`` of a BM25 index: read as written, and never taken for whole when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.errors import StoreError
from pyserini_xqg.manifests.sparse import SparseManifest, fields_of, read_sparse_manifest, write_sparse_manifest

MANIFEST = SparseManifest(fields_of("en", ("ar", "sw")), "en", ("ar", "sw"), 2, 10, "0" * 64, ("-storeRaw",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "index"
    place.mkdir()
    write_sparse_manifest(place, MANIFEST)
    (place / "segments_1").touch()
    return place


def test_what_was_written_is_read(folder: Path):
    assert read_sparse_manifest(folder) == MANIFEST
    assert json.loads((folder / "xqg.json").read_text())["fields"] == {
        "contents": "en",
        "xqg_ar": "ar",
        "xqg_sw": "io.github.pyserinixqg.ComposingStandardAnalyzer",
    }


def test_other_indexes_are_left_alone(folder: Path, tmp_path: Path):
    assert read_sparse_manifest(tmp_path) is None
    assert read_sparse_manifest(tmp_path / "nowhere") is None
    (folder / "xqg.json").write_text('{"format": 1, "kind": "faiss-flat"}')
    assert read_sparse_manifest(folder) is None


@pytest.mark.parametrize(
    "change",
    [
        {"passages": None},
        {"format": 2},
        {"fields": {"contents": "en"}},
        {"fields": 3},
        {"more": 1},
        {"languages": None},
        {"kind": None},
    ],
)
def test_damage_is_named(folder: Path, change: dict[str, object]):
    raw = json.loads((folder / "xqg.json").read_text()) | change
    (folder / "xqg.json").write_text(
        json.dumps({name: value for name, value in raw.items() if name not in change or value is not None})
    )
    with pytest.raises(StoreError, match=r"xqg\.json is (damaged|of a format).*build the index again"):
        read_sparse_manifest(folder)


def test_a_text_that_is_no_json_is_named(folder: Path):
    (folder / "xqg.json").write_text("{")
    with pytest.raises(StoreError, match=r"xqg\.json is damaged"):
        read_sparse_manifest(folder)


def test_what_a_kill_left_behind_is_not_taken_for_whole(folder: Path):
    (folder / "segments_1").unlink()
    with pytest.raises(StoreError, match=r"was never finished .* remove it and build the index again"):
        read_sparse_manifest(folder)
    (folder / "segments_1").touch()
    partial = folder.rename(folder.with_name(".xqg-partial-index-01234567"))
    with pytest.raises(StoreError, match="was never finished"):
        read_sparse_manifest(partial)
