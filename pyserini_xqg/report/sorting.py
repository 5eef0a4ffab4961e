"""What a cell is sorted by. Pure."""

from __future__ import annotations

import math
import re

from pyserini_xqg.report.model import Cell, Column

_FIGURE = re.compile(r"([+\-−]?)\s*(\d[\d,   ]*(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_GROUPING = re.compile(r"[,   ]")


def sort_value(column: Column, cell: Cell) -> float | None:
    """The figure that a cell is sorted by.

    :return: the cell's value, else, in a column of figures, the figure that its text begins with; ``None`` for a cell
        without one, never NaN.
    """
    if cell.value is not None:
        return None if math.isnan(cell.value) else float(cell.value)
    found = _FIGURE.match(cell.text.strip()) if column.figures else None
    if found is None:
        return None
    size = float(_GROUPING.sub("", found[2]))
    return -size if found[1] in {"-", "−"} else size
