"""What quality costs: a point a system, its price to the right and its score upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.canvas import settle_texts
from pyserini_xqg.report.plots.ink import Ink
from pyserini_xqg.report.plots.labels import Box, place_labels
from pyserini_xqg.report.plots.page_plot import LETTERS, Canvas, finish, opened, settle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 420
_FAR = 14
"""Pixels: a name farther from its point than this is led to it by a line."""


@dataclass(frozen=True, slots=True)
class Point:
    """A system.

    :param x: what it costs: milliseconds, bytes, …
    :param y: what it scores.
    :param low: the score's interval's lower end, or ``None`` for no interval.
    :param high: the upper end.
    """

    label: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None


def tradeoff(title: str, x_label: str, y_label: str, points: Sequence[Point], *, log_x: bool = False) -> Drawing:
    """Draw the points; filled ones are those that no other equals or betters at the same price or less, and a line
    leads from one to the next.
    """
    best = frontier(points)
    with opened(_HEIGHT) as canvas:
        axes = canvas.axes
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        if log_x:
            _logarithmic(canvas)
        axes.margins(x=0.1, y=0.12)
        axes.plot(
            [point.x for point in best],
            [point.y for point in best],
            color=Ink.RULE.value,
            linewidth=5,
            zorder=1,
            drawstyle="steps-post",
        )
        for point in points:
            colour = Ink.ACCENT.value if point in best else Ink.SOFT.value
            if point.low is not None and point.high is not None:
                axes.plot([point.x, point.x], [point.low, point.high], color=colour, linewidth=1.2)
            axes.plot(
                [point.x],
                [point.y],
                "o",
                color=colour,
                markerfacecolor=colour if point in best else Ink.PAPER.value,
                markersize=8,
            )
        _name(canvas, points, best)
        return finish(canvas, title, _words(x_label, y_label, points, best))


def frontier(points: Sequence[Point]) -> list[Point]:
    """The points that score more than every cheaper one, by rising price."""
    found: list[Point] = []
    for point in sorted(points, key=lambda point: (point.x, -point.y)):
        if not found or point.y > found[-1].y:
            found.append(point)
    return found


def _logarithmic(canvas: Canvas) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes = canvas.axes
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.15g}"))  # 1,000, not mathematics
    axes.xaxis.set_minor_locator(NullLocator())


def _name(canvas: Canvas, points: Sequence[Point], best: Sequence[Point]) -> None:
    from matplotlib.transforms import IdentityTransform

    settle(canvas)
    axes = canvas.axes
    at = [_pixels(axes, point.x, point.y) for point in points]
    names = [
        axes.text(
            0,
            0,
            point.label,
            transform=IdentityTransform(),
            va="center",
            ha="center",
            color=Ink.INK.value,
            fontsize=LETTERS,
        )
        for point in points
    ]
    settle_texts(canvas.picture)  # before they are measured
    sizes = [(box.width, box.height) for box in (name.get_window_extent() for name in names)]
    panel = axes.get_window_extent()
    frame = Box(panel.x0, panel.y0, panel.x1 + 8, panel.y1 + 8)
    for name, (x, y), box in zip(names, at, place_labels(at, sizes, _drawn(axes, points, best), frame), strict=True):
        name.set_position(((box.left + box.right) / 2, (box.bottom + box.top) / 2))
        near_x, near_y = min(max(x, box.left), box.right), min(max(y, box.bottom), box.top)
        if abs(near_x - x) + abs(near_y - y) > _FAR:
            axes.plot(
                [x, near_x],
                [y, near_y],
                color=Ink.SOFT.value,
                linewidth=0.8,
                transform=IdentityTransform(),
                scalex=False,
                scaley=False,
            )


def _pixels(axes: Axes, x: float, y: float) -> tuple[float, float]:
    right, up = axes.transData.transform((x, y))
    return float(right), float(up)


def _drawn(axes: Axes, points: Sequence[Point], best: Sequence[Point]) -> list[Box]:
    """What names stay clear of: the intervals and the steps of the frontier."""
    lines = [
        (point.x, point.low, point.x, point.high)
        for point in points
        if point.low is not None and point.high is not None
    ]
    for cheaper, dearer in pairwise(best):
        lines += [(cheaper.x, cheaper.y, dearer.x, cheaper.y), (dearer.x, cheaper.y, dearer.x, dearer.y)]
    ends = [(_pixels(axes, x, y), _pixels(axes, to_x, to_y)) for x, y, to_x, to_y in lines]
    return [Box(left - 3, bottom - 3, right + 3, top + 3) for (left, bottom), (right, top) in ends]


def _words(x_label: str, y_label: str, points: Sequence[Point], best: Sequence[Point]) -> str:
    told = "; ".join(f"{point.label} {point.y:g} at {point.x:g}" for point in points)
    return (
        f"{y_label} against {x_label}: {told}. No other scores as much for as little as "
        f"{', '.join(point.label for point in best)}."
    )
