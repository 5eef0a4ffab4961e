"""The command ``search`` as a user runs it; what it finds is tested in tests/search."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_corpus import generated_queries, passages, write_jsonl, xqg

from pyserini_xqg.commands import main

TOPIC = 'متى تُفتح "أبواب المدينة؟'


@pytest.fixture(scope="module")
def index(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    corpus, queries = (
        write_jsonl(folder / "corpus.jsonl", passages(12)),
        write_jsonl(folder / "queries.jsonl", generated_queries(12)),
    )
    encode = [
        "encode",
        "--corpus",
        str(corpus),
        "--queries",
        str(queries),
        "--encoder",
        str(tiny_encoder),
        "--precision",
        "fp32",
    ]
    assert main([*encode, "--output", str(folder / "store")]) == 0
    assert (
        main(["index", "--store", str(folder / "store"), "--output", str(folder / "views"), "--fusion", "views"]) == 0
    )
    return folder / "views"


def test_from_the_command_line_the_index_knows_its_encoder(index: Path, tmp_path: Path):
    (tmp_path / "topics.tsv").write_text(f"q1\t{TOPIC}\nq2\tthe bridge\n", encoding="utf-8")
    output = tmp_path / "runs/views.ar.txt"
    done = xqg(
        "search",
        "faiss",
        "--index",
        index,
        "--topics",
        tmp_path / "topics.tsv",
        "--output",
        output,
        "--hits",
        "5",
        "--precision",
        "fp32",
        fresh=True,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split(" ") for line in output.read_text().splitlines()]
    assert [(qid, rank) for qid, _, _, rank, _, _ in lines] == [
        (qid, str(rank)) for qid in ("q1", "q2") for rank in range(1, 6)
    ]
    assert all(docid in {f"d{row}" for row in range(12)} for _, _, docid, _, _, _ in lines)
    assert [path.name for path in output.parent.iterdir()] == ["views.ar.txt"]


def test_errors_are_one_line(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    topics, output = tmp_path / "topics.tsv", tmp_path / "run.txt"
    topics.write_text("q1\ta\nq2\tb\tc\n")
    flags = ["search", "faiss", "--index", str(index), "--topics", str(topics), "--output", str(output)]
    assert main(flags) == 1
    assert capsys.readouterr().err.startswith(
        f"{topics}:2: expected 'qid<TAB>text', found 2 tabs (Pyserini would cut the text at its first tab)"
    )
    (topics).write_text("q1\ta\n")
    assert main([*flags, "--late-alpha", "0.5"]) == 2
    assert "faiss-flat index, fused when it was built; only --type late takes --late-… flags" in capsys.readouterr().err
    assert main([*flags, "--encoder", str(tmp_path / "no-encoder")]) == 1
    assert "no-encoder" in capsys.readouterr().err
    assert not output.exists()


def test_only_pyserinis_commands_that_we_know(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["search", "nmslib"])
    assert stopped.value.code == 2
    assert "invalid choice: 'nmslib'" in capsys.readouterr().err


def test_help_is_ours_and_pyserinis(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["search", "faiss", "--help"])
    assert not stopped.value.code
    out = capsys.readouterr().out
    assert "--late-alpha" in out
    assert "--max-passage-delimiter" in out
