"""The learning curve of a retriever: the losses, what the queries find, and how far they drift, as a CSV file and a
picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.plots.canvas import furnish, open_figure, save
from pyserini_xqg.train.fit import FittedModel
from pyserini_xqg.train.retriever.judge import BASE_COSINE, CLEAN, COSINE, MISSPELLED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = (
    ("Loss", (("loss", "training", "tab:orange"), ("eval_loss", "held out", "black"))),
    ("MRR@10, held out", ((f"eval_{CLEAN}", "clean", "tab:blue"), (f"eval_{MISSPELLED}", "misspelled", "tab:red"))),
    (
        "Cosine, held out",
        (
            (f"eval_{COSINE}", "query and its passage", "tab:green"),
            (f"eval_{BASE_COSINE}", "query and base model's", "tab:purple"),
        ),
    ),
)


def write_picture(fitted: FittedModel, folder: Path) -> None:
    """Write ``curve.csv``, ``curve.png`` and ``curve.svg``, each whole or not at all."""
    write_text(folder / "curve.csv", _as_csv(fitted))
    save(_figure(fitted), folder, "curve")


def _as_csv(fitted: FittedModel) -> str:
    """A line a step that anything is known of: the learning rate and what :data:`_PANELS` shows, empty where it is not
    known.
    """
    names = ["learning_rate", *(name for _, lines in _PANELS for name, _, _ in lines)]
    steps: dict[int, dict[str, float]] = {}
    for point in fitted.history:
        steps.setdefault(int(point["step"]), {}).update(point)
    titles = [
        "step",
        "learning_rate",
        "training_loss",
        "held_out_loss",
        *(name.removeprefix("eval_") for name in names[3:]),
    ]
    rows = (
        [step, *(f"{point[name]:.6g}" if name in point else "" for name in names)]
        for step, point in sorted(steps.items())
        if "loss" in point or "eval_loss" in point
    )
    return csv_text(titles, rows)


def _figure(fitted: FittedModel) -> Figure:
    known = {name for point in fitted.history for name in point}
    panels = [panel for panel in _PANELS if any(name in known for name, _, _ in panel[1])]
    figure = open_figure(4.4 * len(panels), 3.6)
    for place, (title, lines) in enumerate(panels, 1):
        _panel(figure.add_subplot(1, len(panels), place), title, lines, fitted)
    return figure


def _panel(axes: Axes, title: str, lines: tuple[tuple[str, str, str], ...], fitted: FittedModel) -> None:
    furnish(axes, title, size=11)
    for name, label, colour in lines:
        points = [(point["step"], point[name]) for point in fitted.history if name in point]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                color=colour,
                marker="o" if name.startswith("eval") else None,
                markersize=3,
                label=label,
            )
    axes.axvline(fitted.best_step, color="0.6", linewidth=0.8, linestyle="--")
    axes.set_xlabel("step")
    axes.legend(frameon=False, fontsize=8)
