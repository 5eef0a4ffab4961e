"""An index again: from its store, from corpus and encoder where that is gone, and never from something else in
silence.
"""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from rebuild_world import World
from tiny_corpus import command, environment, passages, tree, write_jsonl
from watching import stop_where

from pyserini_xqg.commands import main
from pyserini_xqg.encoder.folder import read_config, write_config
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, FAISS_HNSW, LATE

KINDS = {
    "flat views": (
        IndexOptions(view_delimiter="→", allow_none=True),
        Recipe("views", 0.2, queries_per_language=2, plain_view=True, kappa=0.0),
    ),
    "views of the first": (IndexOptions(), Recipe("views", 0.2, queries_per_language=2)),
    "moments": (IndexOptions(), Recipe(kappa=None, languages=("ja",))),
    "unequal sums": (IndexOptions(allow_unequal=True), Recipe("sum", 0.01, normalize=False, languages=("ja",))),
    "hnsw": (IndexOptions(kind=FAISS_HNSW, hnsw_m=8, ef_construction=20), Recipe()),
    "factory": (IndexOptions(kind=FAISS_FACTORY, factory="IVF2,SQ8"), Recipe()),
    "late": (IndexOptions(kind=LATE), Recipe("views")),
}


@pytest.fixture
def index(world: World) -> Path:
    build_index(world.store, world.folder / "index", Recipe("views"), IndexOptions())
    return world.folder / "index"


def rebuild(index: Path, *more: str | Path) -> int:
    return main(
        [
            "rebuild",
            "--from",
            str(index / "xqg.json"),
            "--output",
            str(index.parent / "again"),
            "--threads",
            "1",
            *map(str, more),
        ]
    )


def same_but_for_the_store(folder: Path) -> dict[str, bytes | dict]:
    """Everything in it, without the place of its store."""
    found: dict[str, bytes | dict] = dict(tree(folder))
    found["xqg.json"] = {name: value for name, value in json.loads(found["xqg.json"]).items() if name != "store"}
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_store_every_byte_is_the_same(world: World, kind: str, capsys: pytest.CaptureFixture[str]):
    options, recipe = KINDS[kind]
    build_index(world.store, world.folder / "index", recipe, options)
    assert rebuild(world.folder / "index") == 0
    assert "again: the same bytes as the original: docid, " in capsys.readouterr().out
    assert tree(world.folder / "again") == tree(world.folder / "index")
    assert not (world.folder / "again.work").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_store_is_gone_it_is_made_again(world: World, kind: str):
    options, recipe = KINDS[kind]
    before = tree(world.store.folder)
    build_index(world.store, world.folder / "index", recipe, options)
    shutil.rmtree(world.store.folder)
    if kind == "late":
        shutil.rmtree(world.folder / "index/store")
    assert rebuild(world.folder / "index") == 0
    assert tree(world.folder / "again.work/store") == before
    if kind != "late":
        assert same_but_for_the_store(world.folder / "again") == same_but_for_the_store(world.folder / "index")


def test_a_late_index_holds_its_store(world: World):
    build_index(world.store, world.folder / "index", Recipe(), IndexOptions(kind=LATE))
    shutil.rmtree(world.store.folder)
    assert rebuild(world.folder / "index") == 0
    assert same_but_for_the_store(world.folder / "again") == same_but_for_the_store(world.folder / "index")
    assert not (world.folder / "again.work").exists()


def test_again_it_has_nothing_to_do(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    shutil.rmtree(world.store.folder)
    assert rebuild(index) == 0
    before = tree(world.folder)
    assert rebuild(index) == 0
    assert "holds this index already; nothing was done" in capsys.readouterr().err
    assert tree(world.folder) == before


def test_everything_may_have_moved(world: World, index: Path):
    moved = world.folder / "elsewhere"
    moved.mkdir()
    for place in (world.corpus, world.queries, world.encoder, world.store.folder):
        place.rename(moved / place.name)
    assert rebuild(index, "--store", moved / "store") == 0
    shutil.rmtree(index.parent / "again")
    (moved / "store").rename(moved / "gone")
    assert (
        rebuild(
            index, "--corpus", moved / "corpus.jsonl", "--queries", moved / "queries", "--encoder", moved / "encoder"
        )
        == 0
    )
    assert read_manifest(index.parent / "again").checksums == read_manifest(index).checksums


def test_records_that_were_left_out_are_left_out_again(world: World):
    bad = write_jsonl(world.folder / "bad.jsonl", ["no JSON", *passages(20), passages(1)[0]])
    words = [
        "--corpus",
        bad,
        "--encoder",
        world.encoder,
        "--precision",
        "fp32",
        "--threads",
        "1",
        "--on-error",
        "skip",
        "--output",
        world.folder / "s",
    ]
    assert main(["encode", *map(str, words)]) == 0
    assert main(["index", "--store", str(world.folder / "s"), "--output", str(world.folder / "index")]) == 0
    shutil.rmtree(world.folder / "s")
    assert rebuild(world.folder / "index") == 0


# What is missing or was changed


def test_a_changed_or_missing_input_is_named(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    shutil.rmtree(world.store.folder)
    original = (world.queries / "a.jsonl").read_bytes()
    (world.queries / "a.jsonl").write_bytes(original + b"\n")
    assert rebuild(index) == 1
    assert f"{world.queries}: was changed: its SHA-256 is " in capsys.readouterr().err
    (world.queries / "a.jsonl").write_bytes(original)
    world.corpus.rename(world.folder / "c.jsonl")
    assert rebuild(index) == 1
    errors = capsys.readouterr().err
    assert f"{world.corpus}: is missing, the corpus that the index was made from" in errors
    assert "say with --corpus where the original lies now" in errors
    assert rebuild(index, "--corpus", world.queries / "a.jsonl") == 1
    assert "a.jsonl: was changed" in capsys.readouterr().err
    assert not (world.folder / "again").exists()
    assert not (world.folder / "again.work").exists()


def test_another_encoder_is_refused(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    shutil.rmtree(world.store.folder)
    write_config(world.encoder, replace(read_config(world.encoder), query_prefix="ask: "))
    assert rebuild(index) == 1
    assert "is another one than the index was made with (fingerprint " in capsys.readouterr().err
    shutil.rmtree(world.encoder)
    assert rebuild(index) == 1
    assert "say with --encoder where it lies now" in capsys.readouterr().err


def test_another_store_is_refused_where_it_was_named_and_passed_over_elsewhere(
    world: World, index: Path, capsys: pytest.CaptureFixture[str]
):
    record = json.loads((world.store.folder / "store.json").read_text())
    (world.store.folder / "store.json").write_text(json.dumps({**record, "inputs": "0" * 64}))
    assert rebuild(index, "--store", world.store.folder) == 1
    assert (
        "is of another make (it differs in the corpus or the queries); leave --store out to encode again"
        in capsys.readouterr().err
    )
    assert rebuild(index) == 0
    assert "is of another make (it differs in the corpus or the queries): encoding again" in capsys.readouterr().err


def test_a_damaged_store_is_named(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    path = world.store.folder / "shards/00001/passages.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert rebuild(index) == 1
    assert "00001/passages.npy was changed after it was written (its checksum differs)" in capsys.readouterr().err


def test_a_store_that_remembers_no_corpus_cannot_be_made_again(
    world: World, index: Path, capsys: pytest.CaptureFixture[str]
):
    shutil.rmtree(world.store.folder)
    record = json.loads((index / "xqg.json").read_text())
    record["encoding"]["sources"] = None
    (index / "xqg.json").write_text(json.dumps(record))
    assert rebuild(index) == 1
    assert "xqg.json does not say which corpus it was made from; say with --store" in capsys.readouterr().err


def test_an_output_that_holds_something_else_is_refused_before_anything_is_done(
    world: World, index: Path, capsys: pytest.CaptureFixture[str]
):
    shutil.rmtree(world.store.folder)
    write_jsonl(world.folder / "again/thesis.tex", ["x"])
    assert rebuild(index) == 1
    assert "again is there already and holds something else than this index" in capsys.readouterr().err
    assert not (world.folder / "again.work").exists()


def test_what_differs_is_said_and_is_not_success(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    record = json.loads((index / "xqg.json").read_text())
    record["checksums"]["index"] = "0" * 64
    (index / "xqg.json").write_text(json.dumps(record))
    assert rebuild(index) == 1
    assert "differs from the original in index; the same: docid" in capsys.readouterr().out
    shutil.rmtree(world.store.folder)
    shutil.rmtree(index.parent / "again")
    assert rebuild(index) == 1
    assert (
        "in index (another machine or another release of a library encodes to other last bits); the same: docid"
        in capsys.readouterr().out
    )
    record["checksums"] = {}
    (index / "xqg.json").write_text(json.dumps(record))
    assert rebuild(index) == 0
    assert "is not known: its xqg.json holds no checksums" in capsys.readouterr().out


# The rest


def test_a_dry_run_says_what_is_there_and_its_commands_do_it(
    world: World, index: Path, capsys: pytest.CaptureFixture[str]
):
    assert rebuild(index, "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"# store {world.store.folder}: there"
    assert [line.split()[:2] for line in lines[1:]] == [["pyserini-xqg", "index"]]
    shutil.rmtree(world.store.folder)
    assert rebuild(index, "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[2] for line in lines[:3]] == ["is gone", "there", "there"]
    assert not (world.folder / "again").exists()
    for line in lines[4:]:
        assert main(shlex.split(line)[1:]) == 0
    assert same_but_for_the_store(world.folder / "again") == same_but_for_the_store(index)


def test_a_kill_costs_little(world: World, index: Path):
    write_jsonl(world.corpus, passages(600))
    words = [
        "--corpus",
        world.corpus,
        "--encoder",
        world.encoder,
        "--precision",
        "fp32",
        "--shard-size",
        "20",
        "--output",
        world.folder / "long",
    ]
    assert main(["encode", *map(str, words), "--threads", "1"]) == 0
    assert main(["index", "--store", str(world.folder / "long"), "--output", str(world.folder / "whole")]) == 0
    shutil.rmtree(world.folder / "long")
    argv = command("rebuild", "--from", world.folder / "whole", "--output", world.folder / "again", "--threads", "1")
    child = subprocess.Popen(argv, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    stop_where(child, lambda: list((world.folder / "again.work").glob("store/shards/0*")))
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.communicate()
    assert not (world.folder / "again").exists()
    assert rebuild(world.folder / "whole") == 0
    assert same_but_for_the_store(world.folder / "again") == same_but_for_the_store(world.folder / "whole")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no such file; give an index's xqg.json, or the index's folder"),
        ("[]", "is no xqg.json of an index"),
        ('{"format": 1, "pooling": "cls"}', "is no xqg.json of an index"),
        ("{", "not valid JSON"),
        ('{"format": 1, "kind": "faiss-flat"}', "is damaged"),
        ('{"format": 9, "kind": "faiss-flat"}', "is of a format that this version does not know"),
    ],
)
def test_what_is_no_xqg_json_is_refused(
    tmp_path: Path, text: str | None, said: str, capsys: pytest.CaptureFixture[str]
):
    if text is not None:
        (tmp_path / "xqg.json").write_text(text)
    assert main(["rebuild", "--from", str(tmp_path), "--output", str(tmp_path / "again")]) == 1
    errors = capsys.readouterr().err
    assert f"{tmp_path / 'xqg.json'}" in errors
    assert said in errors
    assert not (tmp_path / "again").exists()
