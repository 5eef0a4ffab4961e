"""``pyserini-xqg tune fusion``: what it prints, and that its advice works."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two systems in two languages: ``good`` knows most topics, ``other`` those that ``good`` has second."""
    for code in ("ar", "ja"):
        (tmp_path / f"qrels.{code}.txt").write_text("".join(f"{topic} 0 d{topic} 1\n" for topic in range(12)))
        for system, known in (("good", range(9)), ("other", range(8, 12))):
            (tmp_path / system).mkdir(exist_ok=True)
            with (tmp_path / system / f"run.{code}.txt").open("w") as stream:
                for topic in range(12):
                    first, second = (f"d{topic}", "x") if topic in known else (system, f"d{topic}")
                    stream.write(f"{topic} Q0 {first} 1 2 t\n{topic} Q0 {second} 2 1.9 t\n{topic} Q0 z 3 0 t\n")
    return tmp_path


def tune(*flags: str | Path) -> int:
    return main(["tune", "fusion", *map(str, flags)])


@pytest.mark.parametrize("method", ["interpolation", "rrf"])
def test_the_advice_gives_what_the_table_says(method: str, runs: Path, capsys: pytest.CaptureFixture[str]):
    assert (
        tune(
            "--runs",
            runs / "good",
            runs / "other",
            "--qrels",
            runs,
            "--metric",
            "R@1",
            "--method",
            method,
            "--grid",
            "0.25",
        )
        == 0
    )
    said = capsys.readouterr().out
    best = next(line for line in said.splitlines() if line.startswith("best  ")).split("|")[1].split()
    advice = shlex.split(
        next(line for line in said.splitlines() if line.startswith("next: ")).removeprefix("next: pyserini-xqg ")
    )
    assert main([str(runs / "fused") if word == "FUSED" else word for word in advice]) == 0
    for code, figure in zip(("ar", "ja"), best[:2], strict=True):
        scores = score_run(runs / "fused" / f"run.{code}.txt", runs / f"qrels.{code}.txt", ["R@1"])
        assert f"{100 * scores.mean('R@1'):.1f}" == figure
    assert float(best[2]) > 75, "better than either alone"
    assert "flatters" in said


def test_folds_and_languages(runs: Path, capsys: pytest.CaptureFixture[str]):
    assert (
        tune(
            "--runs", runs / "good", runs / "other", "--qrels", runs, "--grid", "0.5", "--folds", "4", "--per-language"
        )
        == 0
    )
    said = capsys.readouterr().out
    assert said.count("held out (4 folds by topic): ") == 2
    assert said.count("best weights: good ") == 2
    assert "flatters" not in said
    assert f"--runs {runs}/good/run.ar.txt {runs}/other/run.ar.txt" in said


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (["--grid", "0.3"], "divides 1"),
        (["--folds", "1"], "--folds is 1"),
        (["--metric", "R@2kt"], "needs answers"),
        (["--metric", "F1"], "unknown measure"),
        (["--method", "rrf", "--normalize", "none"], "--normalize is about scores"),
    ],
)
def test_what_cannot_be(flags: list[str], problem: str, runs: Path, capsys: pytest.CaptureFixture[str]):
    assert tune("--runs", runs / "good", runs / "other", "--qrels", runs, *flags) == 2
    assert problem in capsys.readouterr().err


def test_runs_and_judgments_of_other_topics(runs: Path, capsys: pytest.CaptureFixture[str]):
    (runs / "qrels.ja.txt").write_text("a 0 d1 1\n")
    assert tune("--runs", runs / "good", runs / "other", "--qrels", runs) == 1
    assert "shares no query with" in capsys.readouterr().err
