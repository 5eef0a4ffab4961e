"""Killed, split and raced, a store of an index's vectors ends up byte for byte as from one unbroken run."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from encode_stage import finished
from index_world import IndexWorld, docids_of, passages_of, trained, write_faiss
from tiny_corpus import command, environment, tree, xqg
from watching import stop_where

from pyserini_xqg.encode.from_index.index_folder import hash_of_index
from pyserini_xqg.encode.from_index.open_index import ChosenEncoder, opened_index
from pyserini_xqg.encode.recipe import EncoderAbout
from pyserini_xqg.engines.jobs import ShardJob
from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.input.records import OnError
from pyserini_xqg.input.survey import PassageSurvey


@pytest.fixture(scope="module")
def unbroken(world: IndexWorld, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    store = tmp_path_factory.mktemp("unbroken") / "store"
    world.take(world.folder / "plain", store)
    return tree(store)


def flags(world: IndexWorld, output: Path) -> list[str | Path]:
    given = ["--vectors", world.folder / "plain", "--queries", world.queries, "--encoder", world.encoder.folder]
    sizes = ["--dtype", "float32", "--shard-size", "16", "--precision", "fp32", "--threads", "1"]
    return ["encode", *given, *sizes, "--output", output]


def test_parts_in_any_order(world: IndexWorld, unbroken: dict[str, bytes], tmp_path: Path):
    for part in (2, 0, 1):
        world.take(world.folder / "plain", tmp_path / "s", job=ShardJob(part, 3))
    assert tree(tmp_path / "s") == unbroken


def test_killed_it_goes_on(world: IndexWorld, unbroken: dict[str, bytes], tmp_path: Path):
    store = tmp_path / "s"
    process = subprocess.Popen(
        command(*flags(world, store)), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    stop_where(process, lambda: finished(store))
    process.kill()
    process.communicate()
    before = finished(store)
    done = xqg(*flags(world, store))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"there before {before}, of 4" in done.stdout
    assert "the passages' vectors are those of " in done.stdout
    assert "plain (IndexFlatIP); no passage was encoded" in done.stdout
    assert tree(store) == unbroken


def test_the_store_remembers_the_index(world: IndexWorld, unbroken: dict[str, bytes]):
    sources = json.loads(unbroken["store.json"])["sources"]
    place = world.folder / "plain"
    assert sources["corpus"] is None
    assert sources["vectors"] == {"path": str(place.resolve()), "sha256": hash_of_index(place)}
    assert sources["queries"]["path"] == str(world.queries.resolve())


def test_what_others_put_beside_an_index_does_not_count(world: IndexWorld, unbroken: dict[str, bytes], tmp_path: Path):
    (world.folder / "plain/notes.txt").write_text("mine")
    world.take(world.folder / "plain", tmp_path / "s")
    assert tree(tmp_path / "s") == unbroken


def test_another_indexs_store_is_left_alone(world: IndexWorld, tmp_path: Path):
    world.take(world.folder / "plain", tmp_path / "s", queries=False)
    before = tree(tmp_path / "s")
    with pytest.raises(OutputError, match=r"holds a store of another make .*inputs was"):
        world.take(world.folder / "plain", tmp_path / "s")
    assert tree(tmp_path / "s") == before


def test_an_index_that_changes_meanwhile_is_noticed(world: IndexWorld, tmp_path: Path):
    index = write_faiss(tmp_path / "i", trained("Flat", passages_of(world.store)), docids_of(world.store))
    with opened_index(index, ChosenEncoder("tiny", EncoderAbout.of(world.encoder))) as opened:
        windows = PassageSurvey(opened, None, None, OnError.STOP).windows(16)
        next(windows)
        with (index / "docid").open("a") as stream:
            stream.write("more\n")
        with pytest.raises(InputError, match="i/docid: was changed while it was being read"):
            next(windows)
