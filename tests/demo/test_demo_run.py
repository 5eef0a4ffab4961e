"""The demo as a user runs it: the real encoder, Java and Pyserini."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tiny_corpus import tree, xqg

from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_run


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, e5: Path) -> tuple[Path, str]:
    """The demo's folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = xqg("demo", "--output", folder, "--precision", "fp32", fresh=True)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.mark.slow
def test_it_prints_every_system_in_every_language(demo: tuple[Path, str]):
    _, printed = demo
    table = printed[printed.index("\nR@1") : printed.index("\nMRR@10")]
    for system in ("bm25", "dense", r"dense\+xqg-mean", r"dense\+xqg-views", "hybrid"):
        row = re.search(rf"^{system} +(.*)$", table, re.MULTILINE)
        assert row, table
        assert len(row[1].split()) == 10  # eight languages, two averages
    assert "INFO" not in printed


@pytest.mark.slow
def test_quality_on_the_embedded_collection(demo: tuple[Path, str]):
    """Scores measured at fp32 when this was written; half a query a language is the tolerance of another CPU's
    rounding.
    """
    folder, _ = demo
    scores = {}
    for system in ("bm25", "dense", "dense+xqg-mean", "dense+xqg-views"):
        languages = [path.name.split(".")[-2] for path in sorted((folder / "runs").glob(f"{system}.*.txt"))]
        means = [
            score_run(
                folder / "runs" / f"{system}.{code}.txt", folder / "collection" / f"qrels.{code}.txt", ["MRR@10"]
            ).mean("MRR@10")
            for code in languages
        ]
        scores[system] = 100 * sum(means) / len(means)
    assert scores == pytest.approx(
        {"bm25": 15.9, "dense": 74.7, "dense+xqg-mean": 77.5, "dense+xqg-views": 79.4}, abs=0.8
    )


@pytest.mark.slow
def test_again_in_the_same_folder_changes_nothing(demo: tuple[Path, str]):
    folder, _ = demo
    before = {
        name: content
        for name, content in tree(folder).items()
        if "bm25" not in name.partition("/")[2].partition("/")[0]
    }
    assert xqg("demo", "--output", folder, "--precision", "fp32").returncode == 0
    after = tree(folder)
    assert {name: after[name] for name in before} == before
