"""The curve as a table, a CSV file and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.plots.canvas import furnish, open_figure, save
from pyserini_xqg.report.plots.style import language_name, line_colours
from pyserini_xqg.tune.curve import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def as_text(curve: Curve) -> str:
    """The curve as a table in percent, a line an alpha, the best marked."""
    codes = list(curve.languages)
    lines = [f"{curve.measure:<8}" + "".join(f"{code:>7}" for code in codes) + f"{'mean':>8}"]
    for place, alpha in enumerate(curve.alphas):
        cells = "".join(f"{100 * curve.languages[code][place]:7.1f}" for code in codes)
        lines.append(f"{alpha:<8g}{cells}{100 * curve.average[place]:8.1f}{'  best' if place == curve.best else ''}")
    return "\n".join(lines)


def write_curve(curve: Curve, folder: Path) -> list[Path]:
    """Write ``curve.csv``, ``curve.png`` and ``curve.svg``, each whole or not at all."""
    rows = (
        [f"{alpha:g}", *(f"{scores[place]:.6f}" for scores in (*curve.languages.values(), curve.average))]
        for place, alpha in enumerate(curve.alphas)
    )
    write_text(folder / "curve.csv", csv_text(["alpha", *curve.languages, "mean"], rows))
    return [folder / "curve.csv", *save(_figure(curve), folder, "curve")]


def _figure(curve: Curve) -> Figure:
    figure = open_figure(8, 4.8)
    axes = figure.add_subplot()
    form = f"{curve.recipe.fusion}, {'normalised' if curve.recipe.normalize else 'not normalised'}"
    furnish(axes, f"{curve.measure} on the dev set by α ({form})")
    ends: list[tuple[float, str, Any]] = []
    colours = line_colours(len(curve.languages))
    for colour, (code, scores) in zip(colours, curve.languages.items(), strict=True):
        percent = [100 * score for score in scores]
        axes.plot(curve.alphas, percent, color=colour, linewidth=1.1, alpha=0.85)
        ends.append((percent[-1], language_name(code), colour))
    average = [100 * score for score in curve.average]
    if len(curve.languages) > 1:
        axes.plot(curve.alphas, average, color="black", linewidth=2.4)
        ends.append((average[-1], "mean", "black"))
    best = curve.best
    axes.plot(curve.alphas[best], average[best], "o", color="black", markersize=6, zorder=5)
    axes.annotate(
        f"α = {curve.alphas[best]:g}: {average[best]:.1f}",
        (curve.alphas[best], average[best]),
        (0, 9),
        textcoords="offset points",
        ha="center",
        fontweight="bold",
    )
    _label_ends(axes, curve.alphas[-1], ends)
    axes.set_xlabel("α, the weight of the queries")
    axes.set_ylabel(f"{curve.measure}, %")
    return figure


def _label_ends(axes: Axes, x: float, ends: list[tuple[float, str, Any]]) -> None:
    """Write each line's name at its right end, moved apart where they would touch."""
    low, high = axes.get_ylim()
    gap = (high - low) / 24
    y = -float("inf")
    for value, name, colour in sorted(ends, key=lambda end: end[0]):
        y = max(value, y + gap)
        axes.annotate(
            name,
            (x, y),
            (6, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=9,
            annotation_clip=False,
        )
