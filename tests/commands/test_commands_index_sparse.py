"""``pyserini-xqg index-sparse`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bm25_index import DEMO
from tiny_corpus import passages, write_jsonl

from pyserini_xqg.commands import main


def test_it_says_what_it_built_and_how_to_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    flags = [
        "index-sparse",
        "--corpus",
        str(DEMO / "corpus.jsonl"),
        "--queries",
        str(DEMO / "queries.jsonl"),
        "--languages",
        "ar,sw",
    ]
    assert main([*flags, "--output", str(tmp_path / "index")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{tmp_path / 'index'} built: BM25, 66 passages, ")
    assert lines[1] == "fields contents, xqg_ar, xqg_sw; passages without queries: 0"
    assert lines[2].startswith("no analyzer of its own has sw: words by Unicode's rules")
    assert (
        lines[3]
        == f"next: pyserini-xqg search lucene --index {tmp_path / 'index'} --topics TOPICS.tsv --language LANG "
        "--output RUN.txt"
    )
    assert main([*flags, "--output", str(tmp_path / "index")]) == 0
    assert "was there already, the very same" in capsys.readouterr().out


def test_bad_records_stop_it_or_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    corpus = write_jsonl(tmp_path / "c.jsonl", [*passages(3), "{", {"id": "d0", "contents": "again"}])
    queries = write_jsonl(
        tmp_path / "q.jsonl", [{"id": "d9", "queries": {"ar": ["a"]}}, {"id": "d1", "queries": {"ar": ["سؤال"]}}]
    )
    flags = ["index-sparse", "--corpus", str(corpus), "--queries", str(queries), "--output", str(tmp_path / "index")]
    assert main(flags) == 1
    assert capsys.readouterr().err.startswith(f"{corpus}:4: malformed JSON")
    assert not (tmp_path / "index").exists()
    assert main([*flags, "--on-error", "skip"]) == 0
    printed = capsys.readouterr()
    assert "left out 3 bad records:" in printed.err
    assert f"{queries}:1: queries for 'd9', which is not in" in printed.err
    assert "BM25, 3 passages" in printed.out and "passages without queries: 2" in printed.out


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--language", "xx"], "unknown language code 'xx'"),
        (["--languages", "ar,xx"], "unknown language code 'xx'"),
        (["--queries-per-language", "0"], "--queries-per-language is 0"),
        (["--threads", "0"], "--threads is 0"),
    ],
)
def test_bad_flags_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], problem: str):
    corpus = write_jsonl(tmp_path / "c.jsonl", passages(1))
    assert main(["index-sparse", "--corpus", str(corpus), "--output", str(tmp_path / "index"), *flags]) == 2
    errors = capsys.readouterr().err
    assert problem in errors and len(errors.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["c.jsonl"]
