"""What all plots share: an empty figure to draw on, and files of the same bytes each time.

Nothing here or in what draws changes matplotlib's settings, which are the whole process's: everything is set on the
figure and what is in it.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.files.whole import replacing
from pyserini_xqg.report.plots.style import FONT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DPI = 160
"""Pixels an inch of a PNG file."""


def open_figure(width: float, height: float, dpi: float = 100) -> Figure:
    """An empty figure, which finds room for everything in it by itself.

    :param width: inches, as ``height``.
    """
    from matplotlib.figure import Figure  # not pyplot: it would look for a display

    return Figure(figsize=(width, height), dpi=dpi, layout="constrained")


def furnish(axes: Axes, title: str, *, size: float = 12, grid: float = 0.25) -> None:
    """Give a panel its title, a grid, and no frame but the axes.

    :param size: points, of the title's letters.
    :param grid: how opaque the grid is.
    """
    axes.set_title(title, loc="left", fontsize=size)
    axes.grid(alpha=grid)
    axes.spines[["top", "right"]].set_visible(False)


def settle_texts(figure: Figure) -> None:
    """Set the font of all texts that are there, and take them as they stand: a pair of ``$`` begins no mathematics."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        if isinstance(text, Text):
            text.set_fontfamily(FONT)
            text.set_parse_math(False)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write ``NAME.png`` and ``NAME.svg``, each whole or not at all; the same figure is the same bytes."""
    from pyserini_xqg.report.plots.renderer import OutlineCanvas

    settle_texts(figure)
    bitmap, drawing = folder / f"{name}.png", folder / f"{name}.svg"
    with replacing(bitmap) as partial:
        figure.savefig(partial, format="png", dpi=_DPI, metadata={"Software": None})
    OutlineCanvas(figure)
    with replacing(drawing) as partial:
        figure.savefig(partial, format="svg", dpi=_DPI, metadata={"Date": None})
    return [bitmap, drawing]


def as_svg(figure: Figure) -> str:
    """The figure as an SVG document whose texts are real ones; the same figure is the same letters."""
    from pyserini_xqg.report.plots.renderer import TextCanvas

    settle_texts(figure)
    TextCanvas(figure)
    stream = StringIO()
    figure.savefig(stream, format="svg", metadata={"Date": None}, transparent=True)
    return stream.getvalue()
