"""A page's plots: drawn in the page's colours, and made fit for a page that may load nothing."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.canvas import as_svg, open_figure, settle_texts
from pyserini_xqg.report.plots.ink import VARIABLES, Ink
from pyserini_xqg.report.plots.svg import parse, serialise

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 720
"""Pixels of a page: how wide every plot is."""
LETTERS, SMALL = 12, 11
"""Pixels: letters, and those of notes."""
LINE = 1.8
"""Pixels: the width of a line that shows figures."""
_PIXELS_AN_INCH = 72
"""The SVG backend's own unit is then one of the page's pixels."""
_FIGURE = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Canvas:
    """An empty plot of one panel."""

    picture: Figure
    axes: Axes


@contextmanager
def opened(height: float) -> Iterator[Canvas]:
    """Give an empty plot to draw on, and to finish with :func:`finish`, without warnings about letters.

    :param height: pixels of a page.
    """
    with warnings.catch_warnings():
        # The letters that matplotlib's font lacks are the browser's to draw.
        warnings.filterwarnings("ignore", message=r"(Glyph|Matplotlib currently does not support)")
        picture = open_figure(WIDTH / _PIXELS_AN_INCH, height / _PIXELS_AN_INCH, _PIXELS_AN_INCH)
        picture.set_facecolor("none")
        axes = picture.subplots()
        _furnish(axes)
        yield Canvas(picture, axes)


def _furnish(axes: Axes) -> None:
    """Give an empty panel the page's colours and letters."""
    soft = Ink.SOFT.value
    axes.set_facecolor("none")
    axes.grid(visible=True, color=Ink.RULE.value, linewidth=1)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_edgecolor(soft)
    axes.tick_params(colors=soft, labelsize=LETTERS)
    axes.tick_params(axis="y", length=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.label.set(color=soft, fontsize=LETTERS)
        axis.offsetText.set_fontsize(LETTERS)


def settle(canvas: Canvas) -> None:
    """Lay the panel out for good: what is placed by pixels afterwards finds it where it stays."""
    settle_texts(canvas.picture)
    canvas.picture.draw_without_rendering()
    canvas.picture.set_layout_engine("none")


def finish(canvas: Canvas, title: str, alternative: str) -> Drawing:
    """The plot as a drawing; the same plot is the same bytes."""
    from matplotlib.lines import Line2D

    for line in canvas.picture.findobj(Line2D):
        if isinstance(line, Line2D):
            line.set_solid_capstyle("round")
    return Drawing(title, _fit(as_svg(canvas.picture)), alternative)


def _fit(svg: str) -> str:
    """Take out what a page with a strict policy refuses (styles, links), and what says when, where and by what it was
    drawn.
    """
    root = parse(svg)
    linked = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in {"metadata", "style"}]:
            parent.remove(child)
    for element in root.iter():
        _plain(element, linked)
    root.attrib.clear()
    root.attrib.update(
        {"xmlns": "http://www.w3.org/2000/svg", "width": _number(svg, "width"), "height": _number(svg, "height")}
    )
    root.set("viewBox", f"0 0 {root.attrib['width']} {root.attrib['height']}")
    root.set("stroke-linejoin", "round")
    return serialise(root)


def _plain(element: ElementTree.Element, linked: set[str]) -> None:
    for name, value in _declarations(element.attrib.pop("style", "")):
        element.set(name, VARIABLES.get(value, value))
    if element.attrib.get("id", "") not in linked:
        element.attrib.pop("id", None)
    if element.attrib.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for name in ("d", "x", "y", "transform", "width", "height"):
        if name in element.attrib:
            element.set(
                name,
                _FIGURE.sub(lambda figure: f"{round(float(figure[0]), 2):g}", " ".join(element.attrib[name].split())),
            )
    if element.tag != "text":
        element.text = None
    element.tail = None


def _declarations(style: str) -> list[tuple[str, str]]:
    pairs = [piece.partition(":") for piece in style.split(";") if piece.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs if name.strip() != "font-family"]


def _number(svg: str, name: str) -> str:
    found = re.search(rf'<svg[^>]*\s{name}="([\d.]+)pt"', svg)
    if found is None:
        raise RuntimeError(f"matplotlib wrote an SVG without a {name}")
    return f"{float(found[1]):g}"
