"""``xqg.json``: what is written is read; what is damaged is named; where there is none, nobody minds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pyserini_xqg.errors import StoreError
from pyserini_xqg.fusion.prior_record import LEARNED, HeldOutScores, PriorRecord
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.manifests.dense import Manifest, read_manifest, write_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, LATE

MANIFEST = Manifest(
    kind=FAISS_FACTORY,
    factory="IVF16,SQ8",
    hnsw_m=32,
    ef_construction=200,
    threads=1,
    recipe=Recipe(
        "views",
        0.1 + 0.2,
        normalize=False,
        languages=("ja", "ar"),
        queries_per_language=2,
        plain_view=True,
        kappa=None,
        kappas=(1.9, 0.1 + 0.2),
    ),
    view_delimiter="→",
    views=3,
    passages=10,
    vectors=28,
    dimension=16,
    store="/store",
    store_inputs="0" * 64,
    encoder="e5-small",
    fingerprint="f" * 64,
    precision="bf16",
    prior=PriorRecord(
        languages=("ja", "ar", "sw"),
        kappas=(1.9, 0.1 + 0.2, 2.0),
        passages=(5, 6, 0),
        queries=(7, 8, 0),
        bank="embedded",
        bank_kind="questions",
        bank_sha256="a" * 64,
        bank_texts=(64, 64, 60),
        slope=LEARNED,
        penalty=0.1,
        learned_from=9,
        held_out=HeldOutScores(0.1, 0.2, 0.3),
    ),
)


def test_what_was_written_is_read(tmp_path: Path):
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    assert [path.name for path in tmp_path.iterdir()] == ["xqg.json"]
    assert json.loads((tmp_path / "xqg.json").read_text())["view_delimiter"] == "→"


@pytest.mark.parametrize(
    "prior", [None, PriorRecord(languages=("",), kappas=(2.0,), passages=(1,), queries=(1,), slope="/another/index")]
)
def test_another_prior_is_read_as_it_was(tmp_path: Path, prior: PriorRecord | None):
    changed = replace(MANIFEST, prior=prior)
    write_manifest(tmp_path, changed)
    assert read_manifest(tmp_path) == changed
    assert changed != MANIFEST


def test_one_of_before_there_was_a_kappa_is_read_as_without(tmp_path: Path):
    write_manifest(tmp_path, MANIFEST)
    raw = json.loads((tmp_path / "xqg.json").read_text())
    del raw["prior"], raw["recipe"]["kappa"], raw["recipe"]["kappas"]
    (tmp_path / "xqg.json").write_text(json.dumps(raw))
    recipe = replace(MANIFEST.recipe, kappa=0.0, kappas=())
    assert read_manifest(tmp_path) == replace(MANIFEST, recipe=recipe, prior=None)


def test_none_where_there_is_none(tmp_path: Path):
    assert read_manifest(tmp_path) is None
    assert read_manifest(tmp_path / "nowhere") is None


def test_a_late_index_has_no_views_of_its_own():
    assert MANIFEST.has_views
    assert not replace(MANIFEST, kind=LATE).has_views
    assert not replace(MANIFEST, recipe=Recipe("mean")).has_views


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"format": 1}', "{}", '{"format": 1, "recipe": []}'])
def test_a_damaged_one_is_named(tmp_path: Path, text: str):
    (tmp_path / "xqg.json").write_text(text)
    with pytest.raises(StoreError, match=r"xqg\.json is damaged .*; build the index again"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "lucene"},
        {"colour": 1},
        {"recipe": {"fusion": "product"}},
        {"recipe": {"alpha": "much"}},
        {"recipe": {"kappa": -1}},
        {"recipe": {"kappas": [1.0, -1.0]}},
        {"recipe": {"kappas": 7}},
        {"prior": {"colour": 1}},
        {"prior": {"languages": None}},
        {"prior": {"held_out": {"plain": 1}}},
    ],
)
def test_what_does_not_belong_is_damage(tmp_path: Path, change: dict):
    write_manifest(tmp_path, MANIFEST)
    raw = json.loads((tmp_path / "xqg.json").read_text())
    for name, value in change.items():
        raw[name] = {**raw[name], **value} if isinstance(value, dict) else value
    (tmp_path / "xqg.json").write_text(json.dumps(raw))
    with pytest.raises(StoreError, match=r"xqg\.json is damaged"):
        read_manifest(tmp_path)


def test_an_alpha_out_of_range_is_damage(tmp_path: Path):
    write_manifest(tmp_path, MANIFEST)
    raw = json.loads((tmp_path / "xqg.json").read_text())
    raw["recipe"]["alpha"] = 7
    (tmp_path / "xqg.json").write_text(json.dumps(raw))
    with pytest.raises(StoreError, match=r"xqg\.json is damaged \(alpha is 7"):
        read_manifest(tmp_path)


def test_a_later_format_is_not_guessed_at(tmp_path: Path):
    write_manifest(tmp_path, MANIFEST)
    raw = json.loads((tmp_path / "xqg.json").read_text())
    (tmp_path / "xqg.json").write_text(json.dumps({**raw, "format": 2}))
    with pytest.raises(StoreError, match="format that this version does not know"):
        read_manifest(tmp_path)
