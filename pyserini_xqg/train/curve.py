"""The learning curve as a CSV file and a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.languages import LANGUAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

type History = Sequence[Mapping[str, float]]
"""As :class:`pyserini_xqg.train.fit.FittedModel` has it."""
_HELD_OUT = "eval_loss"


def write_curve(history: History, best_step: int, folder: Path) -> None:
    """Write ``curve.csv``, ``curve.png`` and ``curve.svg``, each whole or not at all."""
    write_text(folder / "curve.csv", _as_csv(history))
    figure = _figure(history, best_step)
    for name in ("curve.png", "curve.svg"):
        with replacing(folder / name) as partial:
            figure.savefig(
                partial,
                format=name.rpartition(".")[2],
                dpi=160,
                metadata={"Date": None} if name.endswith("svg") else {"Software": None},
            )


def _as_csv(history: History) -> str:
    """A line a point: ``step,epoch,learning_rate,training_loss,held_out_loss`` and a column a language."""
    codes = sorted(
        {name.removeprefix(f"{_HELD_OUT}_") for point in history for name in point if name.startswith(f"{_HELD_OUT}_")}
    )
    steps: dict[int, dict[str, float]] = {}
    for point in history:
        steps.setdefault(int(point["step"]), {}).update(point)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(
        [
            "step",
            "epoch",
            "learning_rate",
            "training_loss",
            "held_out_loss",
            *(f"held_out_loss_{code}" for code in codes),
        ]
    )
    names = ["epoch", "learning_rate", "loss", _HELD_OUT, *(f"{_HELD_OUT}_{code}" for code in codes)]
    for step, point in sorted(steps.items()):
        if "loss" in point or _HELD_OUT in point:
            rows.writerow([step, *(f"{point[name]:.6g}" if name in point else "" for name in names)])
    return text.getvalue()


def _figure(history: History, best_step: int) -> Figure:
    import matplotlib as mpl
    from matplotlib.figure import Figure  # not pyplot: it would look for a display

    mpl.rcParams["svg.hashsalt"] = "pyserini-xqg"
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.add_subplot()
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
    axes.set_title("Learning curve", loc="left")
    axes.legend(frameon=False, fontsize=9, ncols=2)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _plot_languages(axes: Axes, history: History) -> None:
    import matplotlib as mpl

    codes = sorted(
        {name.removeprefix(f"{_HELD_OUT}_") for point in history for name in point if name.startswith(f"{_HELD_OUT}_")}
    )
    palette = mpl.colormaps["tab20" if len(codes) > 10 else "tab10"]
    for place, code in enumerate(codes if len(codes) > 1 else ()):
        points = [(point["step"], point[f"{_HELD_OUT}_{code}"]) for point in history if f"{_HELD_OUT}_{code}" in point]
        name = LANGUAGES[code].name if code in LANGUAGES else code
        axes.plot(*zip(*points, strict=True), color=palette(place % palette.N), linewidth=0.9, alpha=0.7, label=name)
