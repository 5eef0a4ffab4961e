"""``pyserini-xqg fuse``: systems and languages from the names of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.runs.rankings import read_rankings


def write(path: Path, docid: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"1 Q0 {docid} 1 2.0 x\n1 Q0 z 2 1.0 x\n")
    return path


def fuse(*flags: str | Path) -> int:
    return main(["fuse", *map(str, flags)])


def test_two_files_and_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    runs = [write(tmp_path / "bm25.txt", "a"), write(tmp_path / "dense.ar.txt", "b")]
    assert (
        fuse("--runs", *runs, "--weights", "1", "3", "--rrf-k", "1", "--output", tmp_path / "fused.txt", "--k", "2")
        == 0
    )
    assert list(read_rankings(tmp_path / "fused.txt")["1"].items()) == [
        ("b", 1.5),
        ("z", pytest.approx(4 / 3, rel=1e-8)),
    ]
    assert "bm25 x 1, dense x 3" in capsys.readouterr().out


def test_folders_of_languages(tmp_path: Path):
    for system in ("bm25", "dense"):
        for code in ("ar", "ja"):
            write(tmp_path / system / f"run.{code}.txt", code)
    output = tmp_path / "both"
    assert fuse("--runs", tmp_path / "bm25", tmp_path / "dense", "--method", "interpolation", "--output", output) == 0
    assert sorted(path.name for path in output.iterdir()) == ["run.ar.txt", "run.ja.txt"]
    assert list(read_rankings(output / "run.ja.txt")["1"].items()) == [("ja", 1.0), ("z", 0.0)]


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--normalize", "none"], "--normalize is about scores"),
        (["--method", "interpolation", "--rrf-k", "3"], "--rrf-k is for --method rrf"),
        (["--weights", "1", "1", "1"], "3 weights (1 1 1) for 2 rankings"),
        (["--weights", "0", "0"], "every weight is 0"),
    ],
)
def test_flags_that_do_not_go_together(
    flags: list[str], problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    runs = [write(tmp_path / "bm25.txt", "a"), write(tmp_path / "dense.txt", "b")]
    assert fuse("--runs", *runs, *flags, "--output", tmp_path / "fused.txt") == 2
    assert problem in capsys.readouterr().err
    assert not (tmp_path / "fused.txt").exists()


def test_a_language_that_a_system_lacks(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    runs = [write(tmp_path / name, "a") for name in ("bm25.ar.txt", "bm25.ja.txt", "dense.ar.txt")]
    assert fuse("--runs", *runs, "--output", tmp_path / "fused") == 2
    assert "system dense has no run for ja" in capsys.readouterr().err
    assert fuse("--runs", runs[0], "--output", tmp_path / "fused") == 2
    assert "one system, bm25" in capsys.readouterr().err
