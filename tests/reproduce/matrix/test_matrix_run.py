"""A matrix run as people run it: wrong scores and failing commands are told, and are the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.commands import main

MATRIX = """\
name: small
display: A small matrix
about: BM25 alone and fused with itself.
source: made up
baseline: bm25
judgments: {topics: $out/collection/topics.$key.tsv, qrels: $out/collection}
steps:
  - name: collection
    command: pyserini-xqg demo --collection-only --output $out/collection
    output: $out/collection/corpus.jsonl
  - name: index
    command:
      pyserini-xqg index-sparse --corpus $out/collection/corpus.jsonl --queries $out/collection/queries.jsonl
      --output $out/bm25
    output: $out/bm25
    needs: [collection]
conditions:
  - name: bm25
    needs: [index]
    index: $out/bm25
    command:
      pyserini-xqg search lucene --bm25 --index $index --topics $topics --output $output --hits 20 --language $key
    topics:
      - {topic_key: fi, scores: [{R@1: 0.2424}]}
      - {topic_key: sw, scores: [{R@1: 0.4394}]}
  - name: passages
    needs: [index]
    command:
      pyserini-xqg search lucene --bm25 --index $out/bm25 --topics $topics --output $output --hits 20
      --fields contents=1
    topics:
      - {topic_key: fi, scores: [{R@1: 0.2424}]}
      - {topic_key: sw, scores: [{R@1: 0.4242}]}
  - name: fused
    command: pyserini-xqg fuse --runs ${run:bm25} ${run:passages} --output $output
    topics:
      - {topic_key: fi, scores: [{R@1: 0.3182}]}
      - {topic_key: sw, scores: [{R@1: 0.5455}]}
claims:
  - says: Two rankings are better than one
    elsewhere: "yes (Cormack et al. 2009)"
    pairs: [[fused, bm25], [passages, bm25]]
  - says: Swahili gains
    keys: [sw]
    pairs: [[fused, passages]]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the matrix has been run once."""
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "small.yaml").write_text(MATRIX, encoding="utf-8")
    assert run(folder, "small.yaml") == 0
    return folder


def run(folder: Path, file: str, *more: str) -> int:
    return main(["reproduce", "matrix", str(folder / file), "--output", str(folder / "out"), *more])


def changed(folder: Path, old: str, new: str) -> str:
    assert old in MATRIX
    (folder / "changed.yaml").write_text(MATRIX.replace(old, new), encoding="utf-8")
    return "changed.yaml"


def test_a_run_is_remembered_and_reported(place: Path, capsys: pytest.CaptureFixture[str]):
    assert run(place, "small.yaml", "--report", str(place / "report.html")) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == ["5 steps, 5 of them done already"]
    assert "small: 6 of 6 scores are as expected" in said.out
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "A small matrix" in page
    assert "pyserini-xqg fuse" in page
    assert "Cormack" in page
    told = said.out[said.out.index("Two rankings") :].splitlines()
    assert told[1] == "  elsewhere: yes (Cormack et al. 2009)"
    assert told[2].split() == ["R@1", "difference", "holds", "gains", "loses"]
    assert told[3].startswith("  fused over bm25 ")
    assert told[6] == "Swahili gains"
    record = json.loads((place / "out" / "results.json").read_text(encoding="utf-8"))
    assert record["good"] is True
    fused, passages, swahili = record["claims"]
    assert fused["difference"] == pytest.approx((0.3182 + 0.5455 - 0.2424 - 0.4394) / 2, abs=2e-4)
    assert (fused["holds"], passages["holds"]) == ("yes", "not shown")
    assert swahili["difference"] == pytest.approx(0.5455 - 0.4242, abs=2e-4)
    assert record["conditions"]["bm25"]["peak_mb"] > 100
    assert record["conditions"]["bm25"]["index_mb"] > 0
    assert "no answer to" in record["conditions"]["passages"]["notes"][0]
    assert "notes on runs (queries without an answer, ties, …) are in results.json" in said.out
    assert "counted as misses" in page


def test_a_wrong_score_is_named_and_is_the_exit_status(place: Path, capsys: pytest.CaptureFixture[str]):
    file = changed(place, "{R@1: 0.3182}", "{R@1: 0.5}")
    assert run(place, file) == 1
    said = capsys.readouterr().out
    assert "wrong: fused, fi: R@1 is 0.3182, expected 0.5000 (tolerance 0.002)" in said
    assert "small: 5 of 6 scores are as expected, 1 wrong" in said


def test_a_command_that_fails_is_named_and_harms_no_other(place: Path, capsys: pytest.CaptureFixture[str]):
    file = changed(place, "fuse --runs", "fuse --rrf-k none --runs")
    assert run(place, file) == 1
    said = capsys.readouterr().out
    assert "failed: fused: " in said
    assert "--rrf-k" in said
    assert "small: 4 of 6 scores are as expected, 2 failed" in said


def test_a_program_that_is_not_there(place: Path, capsys: pytest.CaptureFixture[str]):
    fetch = "  - {name: fetched, command: no-such-program --please, output: $out/fetched, download: true}\nconditions:"
    file = changed(place, "conditions:", fetch)
    text = (
        (place / file)
        .read_text(encoding="utf-8")
        .replace("  - name: fused\n", "  - name: fused\n    needs: [fetched]\n")
    )
    (place / file).write_text(text, encoding="utf-8")
    assert run(place, file) == 0
    assert "not run: fused: " in capsys.readouterr().out
    assert run(place, file, "--download") == 1
    assert "failed: fused: it needs 'fetched', which failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("1 Q0 d1 1 0.5 x\n1 Q0 d1 2 0.4 x\n", "document 'd1' is there twice for query '1'"),
        ("nobody Q0 d1 1 0.5 x\n", "shares no query with"),
        ("1 Q0 d1 1\n", "expected"),
    ],
)
def test_a_damaged_run_fails_its_condition_alone(
    place: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
):
    path = place / "out" / "runs" / "fused" / "run.sw.txt"
    good = path.read_text(encoding="utf-8")
    run(place, "small.yaml")
    path.write_text(content, encoding="utf-8")
    try:
        assert run(place, "small.yaml") == 1
    finally:
        path.write_text(good, encoding="utf-8")
    said = capsys.readouterr().out
    assert message in said
    assert "small: 4 of 6 scores are as expected, 2 failed" in said


def test_listings(place: Path, capsys: pytest.CaptureFixture[str]):
    assert run(place, "small.yaml", "--list") == 0
    assert capsys.readouterr().out.splitlines() == ["bm25      bm25", "passages  passages", "fused     fused"]
    assert run(place, "small.yaml", "--dry-run", "--condition", "bm25") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["demo", "index-sparse", "search", "search"]
    assert run(place, "small.yaml", "--display-commands") == 0
    assert "# fused: fused\npyserini-xqg fuse --runs" in capsys.readouterr().out
    assert main(["reproduce", "--list"]) == 0
    assert {"demo", "xquad", "afriqa", "locomo", "xor-tydi", "ciral", "typos", "paraphrase"} <= {
        line.split()[0] for line in capsys.readouterr().out.splitlines()
    }


def test_flags_that_do_not_fit(place: Path, capsys: pytest.CaptureFixture[str]):
    assert run(place, "small.yaml", "--jobs", "0") == 2
    assert run(place, "small.yaml", "--report", "report.pdf") == 2
    assert run(place, "none.yaml") == 1
    said = capsys.readouterr().err
    assert "--jobs is 0" in said
    assert "report.pdf" in said
    assert "none.yaml" in said
