"""The files of a retriever's learning curve."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path

from matplotlib_settings import settings_stay

from pyserini_xqg.train.fit import FittedModel
from pyserini_xqg.train.retriever.judge import CLEAN, COSINE
from pyserini_xqg.train.retriever.picture import write_picture

HISTORY = (
    {"step": 0, "eval_loss": 3.0, f"eval_{CLEAN}": 0.25, f"eval_{COSINE}": 0.8},
    {"step": 2, "loss": 2.5, "learning_rate": 1e-3},
    {"step": 4, "eval_loss": 2.0, f"eval_{CLEAN}": 0.5, f"eval_{COSINE}": 0.9},
    {"step": 4, "train_runtime": 3.0},
)


def fitted() -> FittedModel:
    known = {"history": HISTORY, "best_step": 4}
    return FittedModel(**{field.name: known.get(field.name) for field in fields(FittedModel)})  # type: ignore[arg-type]


def test_the_files(tmp_path: Path):
    for name in ("one", "two"):
        with settings_stay():
            write_picture(fitted(), tmp_path / name)
    with (tmp_path / "one" / "curve.csv").open() as stream:
        points = list(csv.DictReader(stream))
    assert [(point["step"], point["training_loss"], point["held_out_loss"]) for point in points] == [
        ("0", "", "3"),
        ("2", "2.5", ""),
        ("4", "", "2"),
    ]
    assert [point[CLEAN] for point in points] == ["0.25", "", "0.5"]
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert first.keys() == {"curve.csv", "curve.png", "curve.svg"} and first == second
