"""The plots: relative drops by language and by group, and clean scores beside perturbed ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.report.plots.canvas import save
from pyserini_xqg.report.plots.style import Style, styles
from pyserini_xqg.robustness.comparison.figures import Figure, IntervalEstimate
from pyserini_xqg.robustness.comparison.results import Robustness, Row
from pyserini_xqg.robustness.comparison.scopes import LanguageScope
from pyserini_xqg.robustness.output.panels import add_legend, open_panels
from pyserini_xqg.robustness.output.tables import INTERVAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from matplotlib.lines import Line2D

PLOTS = "plots"
"""The folder of the plots inside the report's."""


def write_plots(found: Robustness, folder: Path) -> list[Path]:
    """Write ``plots/``: for each measure ``drop-by-language``, ``drop-by-group`` and ``clean-and-perturbed``, as PNG
    and SVG.

    :returns: the files; none by group where there are no groups.
    """
    written = []
    for measure in found.measures:
        pictures = {"drop-by-language": drops(found, measure, (*found.languages, *found.groups[-1:]), "language")}
        if len(found.groups) > 1:
            pictures["drop-by-group"] = drops(found, measure, found.groups, "group of languages")
        pictures["clean-and-perturbed"] = scores(found, measure)
        for name, picture in pictures.items():
            written += save(picture, folder / PLOTS, f"{name}.{measure}")
    return written


def drops(found: Robustness, measure: str, scopes: Sequence[LanguageScope], what: str) -> Picture:
    """The relative drop of every system with its interval, a row a scope."""
    title = f"What perturbations cost, by {what}, with {INTERVAL}s"
    panels = open_panels(
        scopes, found.systems, list(found.perturbations), title, f"drop of {measure}, % of the clean score"
    )
    style = styles(found.systems)
    for name, axes in panels.panels.items():
        axes.axvline(0, color="0.3", linewidth=0.9)
        for place, scope in enumerate(scopes):
            for system in found.systems:
                row = found.row(measure, scope, name, system)
                if row is not None:
                    _interval(axes, row.figures[Figure.RELATIVE_DROP], panels.lane(place, system), style[system])
    add_legend(panels, [_handle(system, style[system], filled=True) for system in found.systems])
    return panels.picture


def _interval(axes: Axes, estimate: IntervalEstimate, y: float, style: Style) -> None:
    if estimate.value is None:
        axes.text(0, y, NONE, ha="center", va="center", color=style.colour)
        return
    if estimate.low is not None and estimate.high is not None:
        axes.plot(
            [100 * estimate.low, 100 * estimate.high], [y, y], color=style.colour, linewidth=1.4, solid_capstyle="butt"
        )
    axes.plot(100 * estimate.value, y, style.marker, color=style.colour, markersize=5)


def scores(found: Robustness, measure: str) -> Picture:
    """Clean and perturbed score of every system joined by a line, and the worst variant where there are several; a row
    a language.
    """
    panels = open_panels(
        found.languages, found.systems, list(found.perturbations), "Clean and perturbed queries", f"{measure}, %"
    )
    style = styles(found.systems)
    for name, axes in panels.panels.items():
        for place, scope in enumerate(found.languages):
            for system in found.systems:
                row = found.row(measure, scope, name, system)
                if row is not None:
                    _dumbbell(axes, row, panels.lane(place, system), style[system], worst=found.perturbations[name] > 1)
    marks = [_handle("clean", Style("o", "0.25"), filled=True), _handle("perturbed", Style("o", "0.25"), filled=False)]
    if max(found.perturbations.values()) > 1:
        marks.append(_handle("worst variant of each query", Style("|", "0.25"), filled=True))
    add_legend(panels, [_handle(system, style[system], filled=True) for system in found.systems], marks)
    return panels.picture


def _dumbbell(axes: Axes, row: Row, y: float, style: Style, *, worst: bool) -> None:
    clean, perturbed, lowest = (
        100 * (row.figures[figure].value or 0.0) for figure in (Figure.CLEAN, Figure.PERTURBED, Figure.WORST)
    )
    if worst:
        axes.plot([lowest, perturbed], [y, y], color=style.colour, linewidth=0.8, linestyle=(0, (1, 1.5)))
        axes.plot(lowest, y, "|", color=style.colour, markersize=6)
    axes.plot([perturbed, clean], [y, y], color=style.colour, linewidth=1.4)
    axes.plot(clean, y, style.marker, color=style.colour, markersize=5)
    axes.plot(perturbed, y, style.marker, color=style.colour, markersize=5, markerfacecolor="white")


def _handle(label: str, style: Style, *, filled: bool) -> Line2D:
    from matplotlib.lines import Line2D

    face = style.colour if filled else "white"
    return Line2D(
        [],
        [],
        linestyle="",
        marker=style.marker,
        color=style.colour,
        markerfacecolor=face,
        markersize=5.5,
        label=label,
    )
