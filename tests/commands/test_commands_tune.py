"""``pyserini-xqg tune`` and how it reads alphas."""

from __future__ import annotations

from pathlib import Path

import pytest
from random_store import random_store

from pyserini_xqg.commands import main
from pyserini_xqg.commands.studies.tune import parse_alphas
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
