"""The learning curve as a CSV file and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.plots.canvas import furnish, open_figure, save
from pyserini_xqg.report.plots.style import language_name, line_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

type History = Sequence[Mapping[str, float]]
"""As :class:`pyserini_xqg.train.fit.FittedModel` has it."""
_HELD_OUT = "eval_loss"


def write_curve(history: History, best_step: int, folder: Path) -> None:
    """Write ``curve.csv``, ``curve.png`` and ``curve.svg``, each whole or not at all."""
    write_text(folder / "curve.csv", _as_csv(history))
    save(_figure(history, best_step), folder, "curve")


def _as_csv(history: History) -> str:
    """A line a point: ``step,epoch,learning_rate,training_loss,held_out_loss`` and a column a language."""
    codes = _codes(history)
    steps: dict[int, dict[str, float]] = {}
    for point in history:
        steps.setdefault(int(point["step"]), {}).update(point)
    titles = [
        "step",
        "epoch",
        "learning_rate",
        "training_loss",
        "held_out_loss",
        *(f"held_out_loss_{code}" for code in codes),
    ]
    names = ["epoch", "learning_rate", "loss", _HELD_OUT, *(f"{_HELD_OUT}_{code}" for code in codes)]
    rows = (
        [step, *(f"{point[name]:.6g}" if name in point else "" for name in names)]
        for step, point in sorted(steps.items())
        if "loss" in point or _HELD_OUT in point
    )
    return csv_text(titles, rows)


def _codes(history: History) -> list[str]:
    """The languages whose held-out losses are there, in order."""
    start = f"{_HELD_OUT}_"
    return sorted({name.removeprefix(start) for point in history for name in point if name.startswith(start)})


def _figure(history: History, best_step: int) -> Figure:
    figure = open_figure(8, 4.8)
    axes = figure.add_subplot()
    furnish(axes, "Learning curve")
    training = [(point["step"], point["loss"]) for point in history if "loss" in point]
    held_out = [(point["step"], point[_HELD_OUT]) for point in history if _HELD_OUT in point]
    _plot_languages(axes, history)
    if training:
        axes.plot(*zip(*training, strict=True), color="black", linewidth=1.0, linestyle=":", label="training")
    axes.plot(*zip(*held_out, strict=True), color="black", linewidth=2.4, marker="o", markersize=3, label="held out")
    best = dict(held_out)[best_step]
    axes.plot(best_step, best, "o", color="black", markersize=8, zorder=5)
    side = "right" if best_step > held_out[-1][0] / 2 else "left"
    axes.annotate(
        f"step {best_step}: {best:.2f}",
        (best_step, best),
        (0, 14),
        textcoords="offset points",
        ha=side,
        fontweight="bold",
    )
    axes.set_xlabel("step")
    axes.set_ylabel("loss a token, nats")
    axes.legend(frameon=False, fontsize=9, ncols=2)
    return figure


def _plot_languages(axes: Axes, history: History) -> None:
    codes = _codes(history)
    if len(codes) < 2:
        return
    for code, colour in zip(codes, line_colours(len(codes)), strict=True):
        points = [(point["step"], point[f"{_HELD_OUT}_{code}"]) for point in history if f"{_HELD_OUT}_{code}" in point]
        axes.plot(*zip(*points, strict=True), color=colour, linewidth=0.9, alpha=0.7, label=language_name(code))
