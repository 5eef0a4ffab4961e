"""What plots of rows share: names at the left, in groups, and figures at the right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pyserini_xqg.report.plots.ink import Ink
from pyserini_xqg.report.plots.page_plot import LETTERS, SMALL, Canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _AROUND = 24, 96
"""Pixels: a row, and what stands above and below all of them."""


def row_height(groups: Sequence[str]) -> float:
    """How high a plot of rows is, in pixels; a group's name takes a row."""
    return _AROUND + _ROW * (len(groups) + len(_beginnings(groups)))


def _beginnings(groups: Sequence[str]) -> list[int]:
    return [place for place, (before, group) in enumerate(pairwise(["", *groups])) if group and group != before]


def show_rows(axes: Axes, rows: Sequence[tuple[str, str]], figures: Sequence[str]) -> list[float]:
    """Name the rows at the left and show their figures at the right.

    :param rows: label and group of each.
    :return: each row's place on the vertical axis, which runs downwards.
    """
    headings = set(_beginnings([group for _, group in rows]))
    places, ticks = [], []
    for number, (label, group) in enumerate(rows):
        if number in headings:
            ticks.append((group, True))
        places.append(float(len(ticks)))
        ticks.append((label, False))
    axes.set_yticks(range(len(ticks)), [name for name, _ in ticks])
    for tick, (_, heading) in zip(axes.get_yticklabels(), ticks, strict=True):
        tick.set(
            color=Ink.SOFT.value if heading else Ink.INK.value,
            fontsize=SMALL if heading else LETTERS,
            fontweight="bold" if heading else "normal",
        )
    axes.set_ylim(len(ticks) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    for place, figure in zip(places, figures, strict=True):
        axes.annotate(
            figure,
            (1, place),
            (44, 0),
            ("axes fraction", "data"),
            "offset points",
            ha="right",
            va="center",
            color=Ink.SOFT.value,
            fontsize=LETTERS,
        )
    return places


def signed(value: float) -> str:
    """A difference, its sign as it is printed."""
    return f"{value:+.1f}".replace("-", "−")


def key(canvas: Canvas, marks: Sequence[tuple[str, str, bool]]) -> None:
    """Say above the rows what the marks mean.

    :param marks: words, colour, and whether the mark is filled.
    """
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markersize=7,
            color=colour,
            markerfacecolor=colour if filled else Ink.PAPER.value,
            label=words,
        )
        for words, colour, filled in marks
    ]
    canvas.picture.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        frameon=False,
        fontsize=SMALL,
        handletextpad=0.2,
        labelcolor=Ink.SOFT.value,
    )
