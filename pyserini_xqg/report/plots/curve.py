"""Lines over a setting, such as the alpha curve or the number of queries, with bands for their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.ink import series_colour
from pyserini_xqg.report.plots.labels import spread
from pyserini_xqg.report.plots.page_plot import LETTERS, LINE, Canvas, finish, opened, settle
from pyserini_xqg.report.plots.style import MARKERS

_HEIGHT = 400
_LINE = 16
"""Pixels from a name to the next."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line.

    :param xs: increasing.
    :param ys: as many.
    :param lows: the intervals' lower ends, as many, or ``None`` for a line without intervals.
    :param highs: the upper ends.
    """

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    lows: tuple[float, ...] | None = None
    highs: tuple[float, ...] | None = None


def curve(title: str, x_label: str, y_label: str, series: Sequence[Series]) -> Drawing:
    """Draw lines, each named where it ends."""
    with opened(_HEIGHT) as canvas:
        axes = canvas.axes
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.margins(x=0.02)
        for place, line in enumerate(series):
            colour = series_colour(place)
            if line.lows is not None and line.highs is not None:
                axes.fill_between(line.xs, line.lows, line.highs, color=colour, alpha=0.1, linewidth=0)
            marker = MARKERS[place % len(MARKERS)]
            axes.plot(line.xs, line.ys, color=colour, linewidth=LINE, marker=marker, markersize=5)
        _name_ends(canvas, series)
        return finish(canvas, title, _words(x_label, y_label, series))


def _name_ends(canvas: Canvas, series: Sequence[Series]) -> None:
    axes = canvas.axes
    names = [
        axes.annotate(
            line.name,
            (1, line.ys[-1]),
            (8, 0),
            ("axes fraction", "data"),
            "offset points",
            va="center",
            color=series_colour(place),
            fontsize=LETTERS,
        )
        for place, line in enumerate(series)
    ]
    settle(canvas)  # the names make room for themselves at the right; then they are moved apart
    heights = [float(axes.transData.transform((line.xs[-1], line.ys[-1]))[1]) for line in series]
    box = axes.get_window_extent()
    for name, height, wanted in zip(names, spread(heights, _LINE, box.y0, box.y1), heights, strict=True):
        name.set_position((8, height - wanted))


def _words(x_label: str, y_label: str, series: Sequence[Series]) -> str:
    return f"{y_label} against {x_label}. " + " ".join(_best(line, x_label) for line in series)


def _best(line: Series, x_label: str) -> str:
    place = max(range(len(line.ys)), key=lambda n: line.ys[n])
    return (
        f"{line.name} begins at {line.ys[0]:g}, is highest at {x_label} {line.xs[place]:g} with "
        f"{line.ys[place]:g}, and ends at {line.ys[-1]:g}."
    )
