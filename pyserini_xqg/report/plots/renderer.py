"""matplotlib's SVG with ids and texts of our own choice.

Both are matplotlib's process-wide settings (``svg.hashsalt``, ``svg.fonttype``), which would change what others draw
meanwhile, so they are chosen by what draws instead. The two methods with an underscore are matplotlib's own names;
the tests of plots fail where a release renames them.
"""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path
from typing import IO, Any, ClassVar

from matplotlib import cbook
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG

_SALT = "pyserini-xqg"
_POINTS_AN_INCH = 72


class OutlineRenderer(RendererSVG):
    """Letters are outlines, which look alike everywhere; ids go by what they name, so that the same figure is the same
    bytes.
    """

    def _make_id(self, type: str, content: object) -> str:
        return f"{type}{hashlib.sha256(f'{_SALT}{content}'.encode()).hexdigest()[:10]}"


class TextRenderer(OutlineRenderer):
    """Letters are real text, in the font of the page around the figure."""

    def _draw_text_as_path(self, *args: Any) -> None:
        self._draw_text_as_text(*args)  # type: ignore[no-untyped-call]


class OutlineCanvas(FigureCanvasSVG):
    """Saves its figure as SVG by :class:`OutlineRenderer`."""

    renderer: ClassVar[type[RendererSVG]] = OutlineRenderer

    def print_svg(
        self,
        filename: str | Path | IO[Any],
        *,
        dpi: object = None,
        facecolor: object = None,
        edgecolor: object = None,
        orientation: object = None,
        bbox_inches_restore: object = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Write the file.

        :param dpi: not used, as the other flags that matplotlib hands to every format: colours and resolution are the
            figure's.
        """
        with cbook.open_file_cm(filename, "w", encoding="utf-8") as stream:
            self._write(stream if cbook.file_requires_unicode(stream) else codecs.getwriter("utf-8")(stream), metadata)

    def _write(self, stream: IO[str] | codecs.StreamWriter, metadata: dict[str, Any] | None) -> None:
        dpi = self.figure.dpi
        self.figure.dpi = _POINTS_AN_INCH
        width, height = (inches * _POINTS_AN_INCH for inches in self.figure.get_size_inches())
        svg = self.renderer(width, height, stream, image_dpi=dpi, metadata=metadata)
        self.figure.draw(svg)
        svg.finalize()  # type: ignore[no-untyped-call]


class TextCanvas(OutlineCanvas):
    """Saves its figure as SVG by :class:`TextRenderer`."""

    renderer = TextRenderer
