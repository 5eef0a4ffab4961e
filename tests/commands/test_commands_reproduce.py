"""Where ``reproduce`` takes the public data from: what is said, and nowhere else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tiny_corpus import ROOT

from pyserini_xqg.commands import main

NEEDED = "the public data are needed: give --data DIR, which holds a folder a data set, or set PYSERINI_XQG_DATA to it"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody has said where the data are; a folder where a checkout has them is there all the same."""
    (tmp_path / "shared" / "data" / "xquad").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("PYSERINI_XQG_DATA", raising=False)


OWN = """
name: own
display: A matrix of one's own
about: It needs the data without saying so.
source: made up
baseline: bm25
judgments: {topics: $data/topics.$key.tsv, qrels: $data}
conditions:
  - name: bm25
    command: pyserini-xqg search lucene --bm25 --index $data/bm25 --topics $topics --output $output
    topics: [{topic_key: fi, scores: [{R@1: 1}]}]
"""


@pytest.mark.parametrize(
    "words", [("xquad",), ("all",), ("typos", "--output", "o"), ("paraphrase", "--output", "o"), ("matrix", "own.yaml")]
)
def test_what_needs_the_data_asks_for_them_before_anything_is_done(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    Path("own.yaml").write_text(OWN, encoding="utf-8")
    assert main(["reproduce", *words]) == 2
    assert capsys.readouterr().err == f"pyserini-xqg reproduce: {NEEDED}\n"
    assert [entry.name for entry in (tmp_path / "here").iterdir()] == ["own.yaml"]


def test_what_only_shows_needs_none(capsys: pytest.CaptureFixture[str]):
    assert main(["reproduce", "xquad", "--list"]) == 0
    assert "(cannot be run: $PYSERINI_XQG_DATA/xquad is not there" in capsys.readouterr().out
    assert main(["reproduce", "demo", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("pyserini-xqg demo ")


@pytest.mark.parametrize("by", ["flag", "variable"])
def test_they_are_taken_from_where_they_are_said_to_be(
    by: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    place = tmp_path / "shared" / "data"
    monkeypatch.setenv("PYSERINI_XQG_DATA", str(place if by == "variable" else tmp_path))
    words = ["--data", str(place)] if by == "flag" else []
    assert main(["reproduce", "xquad", "--dry-run", *words]) == 0
    assert f"pyserini-xqg dataset xquad --input {place / 'xquad'}" in capsys.readouterr().out


@pytest.mark.parametrize(("variable", "place"), [(None, "../shared/data"), ("/elsewhere", "/elsewhere")])
def test_make_reproduce_says_where_a_checkout_has_them(variable: str | None, place: str, tmp_path: Path):
    (tmp_path / "Makefile").write_text(
        (ROOT / "Makefile").read_text(encoding="utf-8") + "\nPYTHON := printenv PYSERINI_XQG_DATA;:\nvenv: ;\n"
    )
    environment = {**os.environ, **({"PYSERINI_XQG_DATA": variable} if variable else {})}
    done = subprocess.run(
        ["make", "--silent", "-C", tmp_path, "reproduce"], env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == place
