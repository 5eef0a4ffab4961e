"""What all plots look like: font, marks and colours, and the names of languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyserini_xqg.languages import LANGUAGES

FONT = "DejaVu Sans"
"""Comes with matplotlib: everywhere the same widths."""
_SHAPES = ("o", "s", "^", "D", "v", "P", "X")
MARKERS = (*_SHAPES, "p")
"""Those of a page's plots."""
SMALL_MARKERS = (*_SHAPES, "*")
"""Those of plots with small marks, among which a pentagon would pass for a circle."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a system is drawn. Shapes tell systems apart without colour, and colours differ in lightness, so that
    greyscale keeps them.

    :param colour: as matplotlib takes it.
    """

    marker: str
    colour: Any


def styles(systems: Sequence[str]) -> dict[str, Style]:
    """A style a system, from dark to light."""
    colours = shades(len(systems), 0.75)
    return {
        system: Style(SMALL_MARKERS[place % len(SMALL_MARKERS)], colour)
        for place, (system, colour) in enumerate(zip(systems, colours, strict=True))
    }


def shades(number: int, lightest: float) -> list[Any]:
    """Colours that differ in hue and lightness, the darkest first.

    :param lightest: how far up the palette the last one lies, from 0 to 1.
    """
    import matplotlib as mpl

    palette = mpl.colormaps["viridis"]
    return [palette(lightest * place / max(number - 1, 1)) for place in range(number)]


def line_colours(number: int) -> list[Any]:
    """Colours for so many lines, which come again after the twentieth."""
    import matplotlib as mpl

    palette = mpl.colormaps["tab20" if number > 10 else "tab10"]
    return [palette(place % palette.N) for place in range(number)]


def language_name(code: str) -> str:
    """A language as plots name it: a code that nobody knows stays as it is."""
    return LANGUAGES[code].name if code in LANGUAGES else code
