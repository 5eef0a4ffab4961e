"""The surface over alpha and kappa as a table, a CSV file and a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.files.text import write_text
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.plots.canvas import furnish, open_figure, save
from pyserini_xqg.report.plots.style import language_name
from pyserini_xqg.tune.surface import Surface, kappa_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_WRITTEN = 21
"""Alphas whose scores have room to be written into their cells."""


def as_text(surface: Surface) -> str:
    """Two tables in percent: the mean over languages at each alpha and kappa, the best marked; and each language's own
    best, beside what it has where the mean is best.
    """
    best, scores = surface.best(), 100 * surface.scores()
    names = [kappa_name(kappa) for kappa in surface.kappas]
    width = max(8, *(len(name) + 2 for name in names))
    codes = surface.codes
    over = f"mean of {', '.join(codes)}" if len(codes) > 1 else codes[0]
    lines = [
        f"{surface.measure} by alpha and kappa, {over}",
        (f"{'alpha':<8}{'kappa ' + names[0]:>{width}} " + "".join(f"{name:>{width}} " for name in names[1:])).rstrip(),
    ]
    for column, alpha in enumerate(surface.alphas):
        cells = (
            f"{scores[row, column]:{width}.1f}" + ("*" if (alpha, kappa) == (best.alpha, best.kappa) else " ")
            for row, kappa in enumerate(surface.kappas)
        )
        lines.append((f"{alpha:<8g}" + "".join(cells)).rstrip())
    if len(codes) > 1:
        lines += ["", f"{'best for':<10}{'alpha':>6}{'kappa':>9}{surface.measure:>10}   at the best for all"]
        place = surface.kappas.index(best.kappa), surface.alphas.index(best.alpha)
        for code in codes:
            own = surface.best(code)
            there = 100 * surface.scores(code)[place]
            lines.append(f"{code:<10}{own.alpha:>6g}{kappa_name(own.kappa):>9}{100 * own.score:>10.1f}{there:>22.1f}")
        lines.append(f"{'all':<10}{best.alpha:>6g}{kappa_name(best.kappa):>9}{100 * best.score:>10.1f}")
    return "\n".join(lines)


def write_surface(surface: Surface, folder: Path) -> list[Path]:
    """Write ``surface.csv``, ``surface.png`` and ``surface.svg``, each whole or not at all."""
    rows = (
        [
            kappa_name(kappa),
            f"{alpha:g}",
            *(f"{scores[place]:.6f}" for scores in (*curve.languages.values(), curve.average)),
        ]
        for kappa, curve in zip(surface.kappas, surface.curves, strict=True)
        for place, alpha in enumerate(surface.alphas)
    )
    write_text(folder / "surface.csv", csv_text(["kappa", "alpha", *surface.codes, "mean"], rows))
    return [folder / "surface.csv", *save(_figure(surface), folder, "surface")]


def _figure(surface: Surface) -> Figure:
    """A cell an alpha and kappa, evenly spaced whatever the numbers; the best one framed."""
    from matplotlib.patches import Rectangle

    scores, best = 100 * surface.scores(), surface.best()
    rows, columns = scores.shape
    figure = open_figure(max(5.5, 2 + 0.4 * columns), 1.6 + 0.42 * rows)
    axes = figure.add_subplot()
    over = language_name(surface.codes[0]) if len(surface.codes) == 1 else f"mean of {len(surface.codes)} languages"
    fusion = surface.curves[0].recipe.fusion
    furnish(axes, f"{surface.measure} by α and κ ({fusion}, {over})", grid=0)
    axes.grid(visible=False)
    image = axes.imshow(scores, cmap="viridis", aspect="auto", origin="lower")
    axes.set_xticks(range(columns), [f"{alpha:g}" for alpha in surface.alphas], fontsize=8)
    axes.set_yticks(range(rows), [kappa_name(kappa) for kappa in surface.kappas])
    axes.set_xlabel("α, the weight of the queries")
    axes.set_ylabel("κ, queries that the\nexpected one counts for")
    if columns <= _MOST_WRITTEN:
        middle = (scores.min() + scores.max()) / 2
        for row in range(rows):
            for column in range(columns):
                score = scores[row, column]
                ink = "white" if score < middle else "black"
                axes.text(column, row, f"{score:.1f}", ha="center", va="center", fontsize=7.5, color=ink)
    place = surface.alphas.index(best.alpha) - 0.5, surface.kappas.index(best.kappa) - 0.5
    axes.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor="crimson", linewidth=2.2, clip_on=False, zorder=5))
    figure.colorbar(image, ax=axes, label=f"{surface.measure}, %", pad=0.02)
    return figure
