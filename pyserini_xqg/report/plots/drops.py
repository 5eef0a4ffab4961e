"""What clean queries score and what misspelled ones do: a row a system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.ink import Ink
from pyserini_xqg.report.plots.page_plot import finish, opened
from pyserini_xqg.report.plots.rows import key, row_height, show_rows, signed


@dataclass(frozen=True, slots=True)
class Drop:
    """A row.

    :param clean: the score with the queries as they are.
    :param perturbed: the score with the changed ones.
    :param group: what the row stands under; empty for none. Rows of a group follow one another.
    """

    label: str
    clean: float
    perturbed: float
    group: str = ""


def drops(title: str, x_label: str, rows: Sequence[Drop], perturbation: str = "misspelled") -> Drawing:
    """Draw both scores of each row and what lies between them.

    :param perturbation: what was done to the queries, in the key.
    """
    with opened(row_height([row.group for row in rows])) as canvas:
        axes = canvas.axes
        places = show_rows(
            axes, [(row.label, row.group) for row in rows], [signed(row.perturbed - row.clean) for row in rows]
        )
        for place, row in zip(places, rows, strict=True):
            axes.plot([row.clean, row.perturbed], [place, place], color=Ink.SOFT.value, linewidth=2)
            axes.plot(
                [row.perturbed], [place], "o", color=Ink.ACCENT.value, markerfacecolor=Ink.PAPER.value, markersize=8
            )
            axes.plot([row.clean], [place], "o", color=Ink.ACCENT.value, markersize=8)
        axes.margins(x=0.06)
        axes.set_xlabel(x_label)
        key(canvas, [("clean", Ink.ACCENT.value, True), (perturbation, Ink.ACCENT.value, False)])
        return finish(canvas, title, _words(x_label, rows, perturbation))


def _words(x_label: str, rows: Sequence[Drop], perturbation: str) -> str:
    return f"{x_label}, clean and {perturbation}: " + "; ".join(
        f"{row.label} {row.clean:.1f} and {row.perturbed:.1f} ({signed(row.perturbed - row.clean)})" for row in rows
    )
