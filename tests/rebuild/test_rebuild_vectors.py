"""An index again whose passages' vectors came out of another index."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from rebuild_world import World
from tiny_corpus import tree

from pyserini_xqg.commands import main
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import build_index


@pytest.fixture
def index(world: World) -> Path:
    """Of views; its store was made from ``plain`` and is gone."""
    build_index(world.store, world.folder / "plain", Recipe(alpha=0.0))
    taken = ["--vectors", world.folder / "plain", "--queries", world.queries, "--encoder", world.encoder]
    words = [*taken, "--precision", "fp32", "--threads", "1", "--output", world.folder / "taken"]
    assert main(["encode", *map(str, words)]) == 0
    made = world.folder / "index"
    assert main(["index", "--store", str(world.folder / "taken"), "--fusion", "views", "--output", str(made)]) == 0
    shutil.rmtree(world.folder / "taken")
    world.corpus.unlink()
    return made


def rebuild(index: Path, *more: str | Path) -> int:
    return main(["rebuild", "--from", str(index), "--output", str(index.parent / "again"), *map(str, more)])


def test_it_is_built_again_from_the_other_index(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    assert rebuild(index, "--threads", "1") == 0
    assert "again: the same bytes as the original: docid, index" in capsys.readouterr().out
    again = world.folder / "again"
    assert {name: tree(again)[name] for name in ("docid", "index", "README.md")} == {
        name: tree(index)[name] for name in ("docid", "index", "README.md")
    }


def test_a_dry_runs_commands_do_it(world: World, index: Path, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert rebuild(index, "--dry-run") == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"# vectors {world.folder / 'plain'}: there" in lines
    commands = [line for line in lines if not line.startswith("#")]
    assert f"encode --vectors {world.folder / 'plain'} --queries" in commands[0]
    for line in commands:
        assert main(shlex.split(line)[1:]) == 0
    assert (world.folder / "again/index").read_bytes() == (index / "index").read_bytes()


def test_the_other_index_may_have_moved_and_is_known_again(
    world: World, index: Path, capsys: pytest.CaptureFixture[str]
):
    moved = (world.folder / "plain").rename(world.folder / "moved")
    assert rebuild(index) == 1
    said = capsys.readouterr().err
    assert f"{world.folder / 'plain'}: is missing, the vectors that the index was made from" in said
    assert "say with --vectors where the original lies now" in said
    assert rebuild(index, "--corpus", moved) == 2
    assert "--corpus was given, and the index was made without a corpus" in capsys.readouterr().err
    with (moved / "docid").open("a") as stream:
        stream.write("more\n")
    assert rebuild(index, "--vectors", moved) == 1
    assert f"{moved}: was changed: its SHA-256 is " in capsys.readouterr().err
    shutil.rmtree(moved)
    build_index(world.store, moved, Recipe(alpha=0.0))
    assert rebuild(index, "--vectors", moved) == 0


def test_the_card_names_the_other_index(index: Path):
    card = (index / "README.md").read_text(encoding="utf-8")
    assert "| passages' vectors, taken from the index | `plain`, SHA-256 `" in card
    assert "encode --vectors plain --queries queries " in card
