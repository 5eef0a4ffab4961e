"""The learning curve's files."""

from __future__ import annotations

import csv
from pathlib import Path

from matplotlib_settings import settings_stay

from pyserini_xqg.train.curve import write_curve

HISTORY = [
    {"step": 0, "epoch": 0.0, "eval_loss": 9.0, "eval_loss_ar": 9.5, "eval_loss_sw": 8.5},
    {"step": 2, "epoch": 0.1, "loss": 7.0, "learning_rate": 1e-3},
    {"step": 4, "epoch": 0.2, "loss": 6.0, "learning_rate": 5e-4},
    {"step": 4, "epoch": 0.2, "eval_loss": 6.5, "eval_loss_ar": 7.0, "eval_loss_sw": 6.0},
    {"step": 4, "epoch": 0.2, "train_runtime": 3.0},
]


def test_the_files(tmp_path: Path):
    with settings_stay():
        write_curve(HISTORY, 4, tmp_path)
    with (tmp_path / "curve.csv").open() as stream:
        points = list(csv.DictReader(stream))
    assert [point["step"] for point in points] == ["0", "2", "4"]
    assert [point["training_loss"] for point in points] == ["", "7", "6"]
    assert [point["held_out_loss"] for point in points] == ["9", "", "6.5"]
    assert points[2]["held_out_loss_sw"] == "6"
    first = {name: (tmp_path / name).read_bytes() for name in ("curve.png", "curve.svg")}
    assert first["curve.png"].startswith(b"\x89PNG")
    write_curve(HISTORY, 4, tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in first} == first, "the same curve is the same bytes"


def test_a_single_language_and_no_training_points(tmp_path: Path):
    write_curve([{"step": 0, "epoch": 0.0, "eval_loss": 9.0, "eval_loss_ar": 9.0}], 0, tmp_path)
    assert (tmp_path / "curve.svg").stat().st_size > 1000
