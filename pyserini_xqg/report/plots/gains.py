"""Gains beside zero: a dot and its interval a row, the rows in groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.ink import Ink
from pyserini_xqg.report.plots.page_plot import finish, opened
from pyserini_xqg.report.plots.rows import key, row_height, show_rows, signed


@dataclass(frozen=True, slots=True)
class Gain:
    """A row.

    :param group: what it stands under, such as a language's family; empty for none. Rows of a group follow one another.
    :param value: the gain, in points.
    :param low: its interval's lower end.
    :param high: the upper end.
    """

    label: str
    group: str
    value: float
    low: float
    high: float
    significant: bool


def gains(title: str, x_label: str, rows: Sequence[Gain]) -> Drawing:
    """Draw gains: filled dots are significant ones."""
    with opened(row_height([row.group for row in rows])) as canvas:
        axes = canvas.axes
        places = show_rows(axes, [(row.label, row.group) for row in rows], [signed(row.value) for row in rows])
        axes.axvline(0, color=Ink.SOFT.value, linewidth=1)
        for place, row in zip(places, rows, strict=True):
            colour = Ink.ACCENT.value if row.significant else Ink.SOFT.value
            axes.plot([row.low, row.high], [place, place], color=colour, linewidth=2)
            axes.plot(
                [row.value],
                [place],
                "o",
                color=colour,
                markerfacecolor=colour if row.significant else Ink.PAPER.value,
                markersize=7,
            )
        axes.set_xlabel(x_label)
        key(canvas, [("significant", Ink.ACCENT.value, True), ("not significant", Ink.SOFT.value, False)])
        return finish(canvas, title, _words(x_label, rows))


def _words(x_label: str, rows: Sequence[Gain]) -> str:
    return f"{x_label}: " + "; ".join(
        f"{row.label} {signed(row.value)} (interval {signed(row.low)} to "
        f"{signed(row.high)}{', significant' if row.significant else ''})"
        for row in rows
    )
