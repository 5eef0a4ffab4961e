"""Both experiments, whole, on a few articles of XQuAD and a tiny encoder: every step is a real command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.reproduce.paraphrase.plan import ParaphraseOptions, plan

LANGUAGES = ("en", "es", "ar")
ARTICLES = 4


@pytest.fixture(scope="module")
def source(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first articles of XQuAD, and nothing of the other data sets."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "xquad").mkdir()
    for code in LANGUAGES:
        whole = json.loads((data_dir / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))
        (folder / "xquad" / f"xquad.{code}.json").write_text(
            json.dumps(whole | {"data": whole["data"][:ARTICLES]}), encoding="utf-8"
        )
    return folder


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def typos(source: Path, tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Path]:
    place = tmp_path_factory.mktemp("typos") / "out"
    words = ["reproduce", "typos", "--data", str(source), "--output", str(place), "--models", "aligned"]
    words += ["--backbone", str(tiny_bert), "--backbone-epochs", "0.5"]
    words += [
        "--steps",
        "2",
        "--seeds",
        "2",
        "--typo-seeds",
        "2",
        "--resamples",
        "100",
        "--precision",
        "fp32",
        "--jobs",
        "2",
    ]
    assert main(words) == 0
    return words, place


def test_typos_compares_every_model_with_the_base(typos: tuple[list[str], Path]):
    _, place = typos
    with (place / "report" / "typos.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["model"], row["seeds"]) for row in rows} == {("base", "1"), ("aligned", "2")}
    assert {row["augmentation"] for row in rows} == {"none", "mean", "views"}
    figures = {(row["measure"], row["augmentation"], row["model"], row["figure"]): row for row in rows}
    for measure in ("R@5", "R@10", "nDCG@10"):
        for augmentation in ("none", "mean", "views"):
            base = figures[measure, augmentation, "base", "clean"], figures[measure, augmentation, "base", "perturbed"]
            drop = float(figures[measure, augmentation, "base", "drop"]["value"])
            assert drop == pytest.approx(float(base[0]["value"]) - float(base[1]["value"]), abs=1e-5)
            mine = (
                figures[measure, augmentation, "aligned", "clean"],
                figures[measure, augmentation, "aligned", "clean_difference"],
            )
            assert float(mine[1]["value"]) == pytest.approx(float(mine[0]["value"]) - float(base[0]["value"]), abs=1e-5)
    assert float(figures["R@5", "none", "base", "cosine_with_base"]["value"]) == pytest.approx(1, abs=1e-4)
    text = (place / "report" / "typos.md").read_text(encoding="utf-8")
    assert "not run: AfriQA" in text
    assert "not run: LoCoMo" in text
    assert "aligned (2 seeds)" in text
    assert (place / "report" / "plots" / "clean-and-drop.nDCG@10.png").stat().st_size > 5000
    assert (place / "report" / "xquad-views" / "robustness.md").is_file()


def test_typos_again_changes_nothing_and_a_lost_piece_is_made_again(
    typos: tuple[list[str], Path], capsys: pytest.CaptureFixture[str]
):
    words, place = typos
    report, scores = (place / "report" / "typos.csv").read_bytes(), (place / "scores" / "aligned-1.csv.gz").read_bytes()
    (place / "scores" / "aligned-1.csv.gz").unlink()
    capsys.readouterr()
    assert main(words) == 0
    said = capsys.readouterr()
    assert [line for line in said.err.splitlines() if line.startswith(("begins", "asking"))] == ["asking: aligned-1"]
    assert (place / "scores" / "aligned-1.csv.gz").read_bytes() == scores
    assert (place / "report" / "typos.csv").read_bytes() == report


def test_paraphrase_attacks_every_index(
    source: Path, tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    place = tmp_path / "out"
    words = [
        "reproduce",
        "paraphrase",
        "--data",
        str(source),
        "--output",
        str(place),
        "--model",
        str(tiny_bert),
        "--budget",
        "6",
    ]
    assert main([*words, "--resamples", "100", "--precision", "fp32", "--jobs", "2"]) == 0
    assert "xquad, nDCG@10" in capsys.readouterr().out
    text = (place / "report" / "paraphrase.md").read_text(encoding="utf-8")
    assert "not run: AfriQA" in text
    with (place / "report" / "xquad" / "robustness.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["system"] for row in rows} == {"none", "mean", "views"}
    assert {row["perturbation"] for row in rows} == {
        "reworded",
        "script",
        "translated",
        "attacked",
        "attacked through plain",
    }
    for augmentation in ("none", "mean", "views"):
        attack = json.loads((place / "attacked" / f"xquad-{augmentation}" / "attack.json").read_text())
        assert set(attack["languages"]) == set(LANGUAGES)
        assert all(found["worst"] <= found["clean"] for found in attack["languages"].values())


@pytest.mark.parametrize(("generator", "alone"), [("smollm2", True), ("http://127.0.0.1:8000", False)])
def test_a_generator_that_works_here_works_alone(data_dir: Path, tmp_path: Path, generator: str, alone: bool):
    steps = plan(ParaphraseOptions(source=data_dir, place=tmp_path, generator=generator)).steps
    assert [one.name for one in steps if one.name.startswith("expand")] == ["expand afriqa"]
    assert [one.name for one in steps if one.alone] == (["expand afriqa"] if alone else [])


def test_what_cannot_be(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    common = ["--data", str(source), "--output", str(tmp_path / "out")]
    for words, said in (
        (["typos", *common, "--seeds", "0"], "--seeds is 0; it must be at least 1"),
        (["typos", *common, "--models", "magic"], "--models magic: there is no such training; there are contrastive, "),
        (["typos", *common, "--queries", "locomo"], "expected SET=FILE, such as locomo=locomo"),
        (
            ["typos", *common, "--queries", f"klingon={source}"],
            "--queries klingon=…: there is no such test set; there are xquad, afriqa, locomo",
        ),
        (["paraphrase", *common, "--budget", "0"], "--budget is 0; it must be at least 1"),
        (["paraphrase", *common, "--resamples", "5"], "--resamples 5: a 95% interval needs 100 or more"),
        (
            ["typos", "--data", str(tmp_path), "--output", str(tmp_path / "out")],
            "there is nothing to learn from: XQuAD v1",
        ),
        ([], "or an experiment (typos, paraphrase)"),
    ):
        assert main(["reproduce", *words]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_dry_run_prints_commands_that_can_be_copied(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["reproduce", "typos", "--data", str(source), "--output", str(tmp_path / "out"), "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("pyserini-xqg ") for line in lines)
    assert sum("train retriever" in line for line in lines) == 5
    assert not (tmp_path / "out").exists()
