"""The picture of the first experiment: clean score against what misspellings cost, a mark a model and augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyserini_xqg.report.plots.canvas import furnish, open_figure, save
from pyserini_xqg.report.plots.style import MARKERS, shades
from pyserini_xqg.reproduce.experiments.comparison import ComparedData
from pyserini_xqg.reproduce.experiments.material import PLAIN
from pyserini_xqg.robustness.comparison.figures import Figure

_PANEL = 3.7
"""Inches."""


def write_plot(found: Sequence[ComparedData], measure: str, folder: Path) -> list[Path]:
    """Write ``clean-and-drop.MEASURE`` as PNG and SVG: a panel a material. Right is better on clean questions, down
    loses less.
    """
    from matplotlib.lines import Line2D

    models = list(found[0].seeds)
    augmentations = list(dict.fromkeys(line.augmentation for compared in found for line in compared.lines[measure]))
    colours = dict(zip(models, shades(len(models), 0.9), strict=True))
    markers = dict(zip(augmentations, MARKERS, strict=False))
    picture = open_figure(_PANEL * len(found) + 0.4, 4.4)
    for axes, compared in zip(picture.subplots(1, len(found), squeeze=False)[0], found, strict=True):
        for line in compared.lines[measure]:
            clean, drop = (100 * (line.against[figure].value or 0.0) for figure in (Figure.CLEAN, Figure.DROP))
            axes.plot(
                clean,
                drop,
                markers[line.augmentation],
                color=colours[line.model],
                markersize=7,
                markeredgecolor="white",
                markeredgewidth=0.6,
            )
        furnish(axes, compared.material.name, size=10, grid=0.3)
        axes.set_xlabel(f"{measure} of clean questions, %")
        axes.set_ylabel("what misspellings cost, points")
    picture.suptitle(
        "Clean score and drop: right finds more, low loses less", x=0.01, ha="left", fontsize=11, fontweight="bold"
    )
    named = [Line2D([], [], linestyle="", marker="o", color=colours[model], label=model) for model in models]
    shaped = [
        Line2D(
            [], [], linestyle="", marker=markers[name], color="0.3", label="plain passages" if name == PLAIN else name
        )
        for name in augmentations
    ]
    picture.legend(handles=[*named, *shaped], loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    return save(picture, folder, f"clean-and-drop.{measure}")
