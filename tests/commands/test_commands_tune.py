"""``pyserini-xqg tune`` and how it reads alphas."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from random_store import random_store

from pyserini_xqg.commands import main
from pyserini_xqg.commands.studies.tune import parse_alphas, parse_kappas
from pyserini_xqg.errors import UsageError


@pytest.mark.parametrize(
    ("text", "alphas"),
    [
        ("0:1:0.25", (0, 0.25, 0.5, 0.75, 1)),
        ("0.1:0.3:0.1", (0.1, 0.2, 0.3)),
        ("0:0.9:0.5", (0, 0.5)),
        ("0.3,0.1,0.3", (0.1, 0.3)),
        ("0.5", (0.5,)),
    ],
)
def test_alphas(text: str, alphas: tuple[float, ...]):
    assert parse_alphas(text) == alphas


@pytest.mark.parametrize("text", ["", "a", "0:1", "0:1:0", "0:2:0.5", "-0.1,0.2", "1:0:0.1"])
def test_bad_alphas_are_named(text: str):
    with pytest.raises(UsageError, match="--alphas"):
        parse_alphas(text)


def test_an_unknown_measure_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    store = random_store(tmp_path / "store")
    status = main(["tune", "--store", str(store.folder), "--topics", "t.tsv", "--qrels", "q.txt", "--metric", "F1"])
    assert status == 2
    assert "unknown measure 'F1'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "kappas"), [("0,2,8", (0, 2, 8)), ("8,0.5,8", (0.5, 8)), ("moments", (None,)), ("moments,4", (4, None))]
)
def test_kappas(text: str, kappas: tuple[float | None, ...]):
    assert parse_kappas(text) == kappas


@pytest.mark.parametrize("text", ["", "a", "-1,2", "inf", "nan", "1,,2"])
def test_bad_kappas_are_named(text: str):
    with pytest.raises(UsageError, match="--kappas"):
        parse_kappas(text)


def test_without_topics_the_stores_own_queries_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    store, output = random_store(tmp_path / "store"), tmp_path / "tuning"
    words = ["tune", "--store", str(store.folder), "--fusion", "views", "--alphas", "0.2,0.5", "--languages", "ar,ru"]
    assert main([*words, "--output", str(output)]) == 0
    said = capsys.readouterr().out.splitlines()
    number = sum(len(own) for code in ("ar", "ru") for own in store.queries[code])
    assert said[0] == f"{number} queries of {store.folder} left out one at a time, each asked for its passage among 21"
    assert said[2:4] == [
        "MRR@10 by alpha and kappa, mean of ar, ru",
        "alpha    kappa 0        2        4        8       16",
    ]
    assert re.fullmatch(
        rf"best alpha (0\.\d), kappa (\d+)\. Next: pyserini-xqg index --store {store.folder} --fusion views --alpha \1 "
        r"--kappa \2 --languages ar,ru --output INDEX",
        said[-1],
    )
    assert sorted(path.name for path in output.iterdir()) == ["surface.csv", "surface.png", "surface.svg"]
    assert main([*words, "--kappas", "4", "--output", str(tmp_path / "one")]) == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["curve.csv", "curve.png", "curve.svg"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--topics", "t.tsv"], "--topics needs --qrels; give both, or neither"),
        (["--qrels", "q.txt"], "--qrels needs --topics; give both, or neither"),
        (["--topics", "t.tsv", "--qrels", "q.txt", "--left-out", "5"], "--left-out goes with no --topics"),
        (["--topic-languages", "ar"], "--topic-languages chooses among --topics"),
        (["--left-out", "1"], "--left-out is 1; it must be at least"),
        (["--metric", "R@2kt"], "R@2kt needs answers"),
        (["--fusion", "sum", "--kappas", "0,2"], "a sum is not drawn towards expected queries"),
    ],
)
def test_flags_that_do_not_go_together(tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str):
    assert main(["tune", "--store", str(random_store(tmp_path / "store").folder), *more]) == 2
    assert said in capsys.readouterr().err
