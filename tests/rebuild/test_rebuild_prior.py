"""Indexes whose passages were drawn towards a bank or by a predictor, again: found where they lay, or named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from random_store import related_store
from rebuild_world import World
from tiny_corpus import tree

from pyserini_xqg.commands import main


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYSERINI_XQG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def bank(world: World) -> Path:
    (world.folder / "bank").mkdir()
    (world.folder / "bank/sw.txt").write_text("Ni nini?\nNani alijenga daraja?\n", encoding="utf-8")
    return world.folder / "bank"


def index(world: World, *flags: str | Path) -> Path:
    argv = ["index", "--store", world.store.folder, "--output", world.folder / "index", *flags]
    assert main([str(word) for word in argv]) == 0
    return world.folder / "index"


def rebuild(index: Path) -> int:
    return main(
        ["rebuild", "--from", str(index / "xqg.json"), "--output", str(index.parent / "again"), "--threads", "1"]
    )


@pytest.mark.parametrize("kept", [True, False])
def test_a_bank_is_read_again_and_where_it_was_not_kept_encoded_again(
    world: World, bank: Path, cache: Path, kept: bool
):
    made = index(world, "--bank", bank, "--languages", "sw,ar", "--fusion", "views", "--kappa", "moments")
    if not kept:
        shutil.rmtree(cache)
    assert rebuild(made) == 0
    assert tree(world.folder / "again") == tree(made)


def test_the_embedded_bank_is_always_there(world: World, cache: Path):
    made = index(world, "--bank", "embedded", "--languages", "sw,ja")
    assert rebuild(made) == 0
    assert tree(world.folder / "again") == tree(made)


def test_a_bank_that_was_changed_or_is_gone_is_named(
    world: World, bank: Path, cache: Path, capsys: pytest.CaptureFixture[str]
):
    made = index(world, "--bank", bank, "--languages", "sw")
    (bank / "sw.txt").write_text("Ni nini?\n", encoding="utf-8")
    capsys.readouterr()
    assert rebuild(made) == 1
    said = capsys.readouterr().err
    assert f"{bank}: is another bank than the index was made with" in said
    assert "put that one in its place" in said
    shutil.rmtree(bank)
    assert rebuild(made) == 1
    assert str(bank) in capsys.readouterr().err
    assert not (world.folder / "again").exists()


def test_a_predictor_that_is_gone_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = ["index", "--store", str(related_store(tmp_path / "s").folder), "--output"]
    assert main([*flags, str(tmp_path / "teacher")]) == 0
    assert main([*flags, str(tmp_path / "index"), "--predictor", str(tmp_path / "teacher")]) == 0
    shutil.rmtree(tmp_path / "teacher")
    capsys.readouterr()
    assert rebuild(tmp_path / "index") != 0
    assert "teacher is not an index of ours" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_without_prediction_it_is_built_without_again(world: World):
    made = index(world, "--no-predict")
    assert rebuild(made) == 0
    assert tree(world.folder / "again") == tree(made)
