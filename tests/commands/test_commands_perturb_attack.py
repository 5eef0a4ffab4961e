"""``perturb --kind attack`` as a user runs it: no Java, the index's own encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_corpus import xqg

from pyserini_xqg.demo.collection import write_collection
from pyserini_xqg.encode.encode_corpus import encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.store.vector_store import VectorStore


@pytest.fixture(scope="module")
def place(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attack-command")
    write_collection(folder)
    encode(
        corpus=folder / "corpus.jsonl",
        queries=None,
        encoder=Encoder(tiny_encoder),
        encoder_name=str(tiny_encoder),
        output=folder / "store",
    )
    build_index(VectorStore(folder / "store"), folder / "index", Recipe(alpha=0), IndexOptions())
    return folder


def attack(place: Path, output: Path, *more: str) -> tuple[int, str, str]:
    done = xqg(
        "perturb", "--kind", "attack", "--topics", str(place), "--languages", "sw", "--output", str(output), *more
    )
    return done.returncode, done.stdout, done.stderr


def test_attacks_and_says_what_it_did(place: Path, tmp_path: Path):
    code, out, err = attack(
        place,
        tmp_path / "out",
        "--index",
        str(place / "index"),
        "--qrels",
        str(place),
        "--budget",
        "20",
        "--cutoff",
        "5",
    )
    assert code == 0, err
    assert "MRR@5" in out
    assert len((tmp_path / "out" / "topics.sw.tsv").read_text(encoding="utf-8").splitlines()) == 66
    assert json.loads((tmp_path / "out" / "attack.json").read_text(encoding="utf-8"))["settings"]["budget"] == 20


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "needs --index and --qrels"),
        (("--budget", "0"), "--budget is 0"),
        (("--attack-kinds", "paraphrase"), "paraphrases come from"),
        (("--attack-kinds", "rudeness"), "there are misspelling, naturality, order and script"),
    ],
)
def test_flags_that_cannot_be(place: Path, tmp_path: Path, flags: tuple[str, ...], said: str):
    target = ("--index", str(place / "index"), "--qrels", str(place)) if flags else ()
    code, _, err = attack(place, tmp_path / "out", *target, *flags)
    assert (code, said in err) == (2, True), err
    assert not (tmp_path / "out").exists()


def test_its_flags_go_with_no_other_kind(place: Path, tmp_path: Path):
    done = xqg("perturb", "--kind", "order", "--topics", str(place), "--output", str(tmp_path / "out"), "--beam", "2")
    assert done.returncode == 2
    assert "--beam goes with --kind attack" in done.stderr
