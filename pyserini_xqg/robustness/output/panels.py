"""What all plots share: a panel a perturbation, a band a family, a row a language or group, a lane a system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.report.plots.canvas import open_figure
from pyserini_xqg.robustness.comparison.scopes import LanguageScope, ScopeKind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Picture
    from matplotlib.lines import Line2D

_PANELS_ABREAST = 4
_ABREAST = 4
"""How many systems a line of the legend holds."""
_NAMED = 3
"""A group of more languages is labelled by their number."""
_LANE, _THINNEST, _TALLEST = 0.19, 0.1, 11.0
"""Inches: the height of a system's lane, made thinner, down to the second figure, where panels would be taller than the
third.
"""
_PANEL, _LABELS = 3.2, 2.4
"""Inches: the width of a panel, and of the names at both sides."""


@dataclass(frozen=True, slots=True)
class ScopePanels:
    """An empty picture with its panels.

    :param panels: perturbation -> its axes; y runs downwards, a unit a scope.
    """

    picture: Picture
    panels: dict[str, Axes]
    scopes: tuple[LanguageScope, ...]
    systems: tuple[str, ...]

    def lane(self, row: int, system: str) -> float:
        """Where a system is drawn in a scope's row."""
        return row + (self.systems.index(system) + 1) / (len(self.systems) + 1) - 0.5


def open_panels(
    scopes: Sequence[LanguageScope], systems: Sequence[str], perturbations: Sequence[str], title: str, x_label: str
) -> ScopePanels:
    """Draw everything but the figures."""
    deep = -(-len(perturbations) // _PANELS_ABREAST)
    abreast = -(-len(perturbations) // deep)  # alike in every line, or nearly so
    lanes = len(scopes) * (len(systems) + 0.9)
    height = 0.62 + lanes * min(_LANE, max(_TALLEST / lanes, _THINNEST))
    picture = open_figure(_LABELS + _PANEL * abreast, 1.1 + deep * height)
    grid = picture.subplots(deep, abreast, sharex=True, sharey=True, squeeze=False)
    panels = {}
    for place, axes in enumerate(grid.flat):
        if place >= len(perturbations):
            axes.set_axis_off()
            continue
        panels[perturbations[place]] = axes
        last = place % abreast == abreast - 1 or place == len(perturbations) - 1
        _furnish(axes, scopes, families=last)
        axes.set_title(perturbations[place], loc="left", fontsize=10)
        axes.tick_params(labelbottom=True)
        axes.set_xlabel(x_label)
    picture.suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold")
    return ScopePanels(picture, panels, tuple(scopes), tuple(systems))


def _furnish(axes: Axes, scopes: Sequence[LanguageScope], *, families: bool) -> None:
    axes.set_yticks(range(len(scopes)), [_label(scope) for scope in scopes])
    axes.set_ylim(len(scopes) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    for place, (name, first, last) in enumerate(_bands(scopes)):
        if place % 2 == 0:
            axes.axhspan(first - 0.5, last + 0.5, color="0.94", linewidth=0, zorder=0)
        if families:
            axes.annotate(
                name,
                (1, (first + last) / 2),
                (6, 0),
                ("axes fraction", "data"),
                "offset points",
                va="center",
                fontsize=8,
                color="0.35",
                annotation_clip=False,
            )


def _label(scope: LanguageScope) -> str:
    if scope.kind in {ScopeKind.LANGUAGE, ScopeKind.MACRO}:
        return scope.name
    return f"{scope.name} ({', '.join(scope.codes) if len(scope.codes) <= _NAMED else f'{len(scope.codes)} languages'})"


def _bands(scopes: Sequence[LanguageScope]) -> list[tuple[str, int, int]]:
    """``(words at the right, first row, last row)``: the languages of a family are one band, any other scope is one by
    itself.
    """
    bands: list[tuple[str, int, int]] = []
    for row, scope in enumerate(scopes):
        family = (
            LANGUAGES[scope.codes[0]].family if scope.kind is ScopeKind.LANGUAGE and scope.codes[0] in LANGUAGES else ""
        )
        if bands and family and bands[-1][0] == family:
            bands[-1] = (family, bands[-1][1], row)
        else:
            bands.append((family, row, row))
    return bands


def add_legend(panels: ScopePanels, systems: Sequence[Line2D], marks: Sequence[Line2D] = ()) -> None:
    """Put the legend below the panels: the systems, then on a line of their own what the marks mean."""
    from matplotlib.lines import Line2D

    width = min(_ABREAST, max(len(systems), len(marks)))
    lines = [[*systems[start : start + width]] for start in range(0, len(systems), width)] + (
        [[*marks]] if marks else []
    )
    empty = Line2D([], [], linestyle="", label=" ")
    by_column = [line[column] if column < len(line) else empty for column in range(width) for line in lines]
    panels.picture.legend(handles=by_column, loc="outside lower center", ncols=width, frameon=False, fontsize=9)
