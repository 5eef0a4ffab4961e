"""``pyserini-xqg inspect`` as a user runs it, on the demo collection with the real encoder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.demo.collection import write_collection


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, e5: Path) -> Path:
    """The demo collection, its first 12 passages with their queries encoded and indexed."""
    folder = tmp_path_factory.mktemp("inspect")
    write_collection(folder)
    for name in ("corpus", "queries"):
        (folder / f"{name}.jsonl").write_text(
            "".join((folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:12]), "utf-8"
        )
    flags = [
        "--corpus",
        str(folder / "corpus.jsonl"),
        "--queries",
        str(folder / "queries.jsonl"),
        "--languages",
        "ar,sw",
        "--precision",
        "fp32",
    ]
    assert main(["encode", *flags, "--encoder", str(e5), "--output", str(folder / "store")]) == 0
    assert main(["index", "--store", str(folder / "store"), "--output", str(folder / "index")]) == 0
    return folder


def inspect(demo: Path, *flags: object) -> int:
    return main(["inspect", "--index", str(demo / "index"), "--precision", "fp32", *map(str, flags)])


def test_a_swahili_question_and_what_helped(demo: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    asked = ["--topics", demo / "topics.sw.tsv", "--qid", "10", "--qrels", demo / "qrels.sw.txt"]
    assert inspect(demo, *asked, "--report", tmp_path / "page.html") == 0
    printed = capsys.readouterr().out
    assert "(Swahili, topic 10)" in printed
    assert re.search(r"demo-010 \*  0\.\d{4}", printed)
    made = re.search(r"made of: +(.+)", printed)
    assert made
    parts = dict(re.findall(r"(\w[\w ]*) ([\d.]+)%", made[1]))
    assert parts.keys() == {"passage", "expected queries", "ar", "sw"}
    assert sum(map(float, parts.values())) == pytest.approx(100, abs=0.2)
    residues = [float(found) for found in re.findall(r"\d+e-\d+", " ".join(printed.split()))]
    assert len(residues) == 2
    assert max(residues) < 1e-4
    assert "demo-010" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        (["--query", " "], 2, "the question is empty"),
        (["--topics", "TOPICS"], 2, "--topics needs --qid"),
        (["--query", "x", "--qrels", "QRELS"], 2, "--qrels needs --qid"),
        (["--topics", "TOPICS", "--qid", "999"], 1, "holds no topic '999'"),
        (["--query", "x", "--qid", "999", "--qrels", "QRELS"], 1, "judges no passage for topic '999'"),
        (["--query", "x", "--language", "xx"], 2, "unknown language code 'xx'"),
        (["--query", "x", "--report", "page.pdf"], 2, "page.pdf ends in .pdf"),
        (["--query", "x", "--store", "nowhere"], 1, "nowhere is not a vector store"),
        (["--query", "x", "--plain-index", "nowhere"], 2, "nowhere is not an index of ours"),
    ],
)
def test_bad_input_is_one_sentence(
    demo: Path, capsys: pytest.CaptureFixture[str], flags: list[str], status: int, said: str
):
    places = {"TOPICS": demo / "topics.sw.tsv", "QRELS": demo / "qrels.sw.txt"}
    assert inspect(demo, *(places.get(flag, flag) for flag in flags)) == status
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
