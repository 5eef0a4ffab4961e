"""The curve as a table, a CSV file and a picture."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.languages import LANGUAGES
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
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["alpha", *curve.languages, "mean"])
    for place, alpha in enumerate(curve.alphas):
        rows.writerow(
            [
                f"{alpha:g}",
                *(f"{scores[place]:.6f}" for scores in curve.languages.values()),
                f"{curve.average[place]:.6f}",
            ]
        )
    write_text(folder / "curve.csv", text.getvalue())
    figure = _figure(curve)
    for name in ("curve.png", "curve.svg"):
        with replacing(folder / name) as partial:
            # Dates and random ids out of the files: the same curve is the same bytes.
            figure.savefig(
                partial,
                format=name.rpartition(".")[2],
                dpi=160,
                metadata={"Date": None} if name.endswith("svg") else {"Software": None},
            )
    return [folder / name for name in ("curve.csv", "curve.png", "curve.svg")]


def _figure(curve: Curve) -> Figure:
    import matplotlib as mpl
    from matplotlib.figure import Figure  # not pyplot: it would look for a display

    mpl.rcParams["svg.hashsalt"] = "pyserini-xqg"
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.add_subplot()
    palette = mpl.colormaps["tab20" if len(curve.languages) > 10 else "tab10"]
    ends: list[tuple[float, str, Any]] = []
    for place, (code, scores) in enumerate(curve.languages.items()):
        colour = palette(place % palette.N)
        percent = [100 * score for score in scores]
        axes.plot(curve.alphas, percent, color=colour, linewidth=1.1, alpha=0.85)
        ends.append((percent[-1], LANGUAGES[code].name if code in LANGUAGES else code, colour))
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
    form = f"{curve.recipe.fusion}, {'normalised' if curve.recipe.normalize else 'not normalised'}"
    axes.set_title(f"{curve.measure} on the dev set by α ({form})", loc="left")
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
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
