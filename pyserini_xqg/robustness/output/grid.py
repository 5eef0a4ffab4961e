"""A grid of words and figures as text, Markdown and LaTeX."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.evaluate.output.latex import latex_table
from pyserini_xqg.evaluate.output.tables import BONFERRONI_MARK, HOLM_MARK

NONE = "–"
_MARKS = (HOLM_MARK, BONFERRONI_MARK)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    :param title: one line.
    :param words: how many columns at the left hold words; the others hold figures.
    :param blocks: rows, set apart from the next block where the form can.
    """

    title: str
    header: tuple[str, ...]
    words: int
    blocks: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """All rows."""
        return [row for block in self.blocks for row in block]


def as_text(grid: Grid) -> str:
    """For a terminal: columns aligned, figures by their decimal point."""
    lines = [grid.header, *grid.rows]
    marked = [any(row[column].endswith(_MARKS) for row in grid.rows) for column in range(len(grid.header))]
    cells = [
        [f"{cell} " if marked[column] and not cell.endswith(_MARKS) else cell for column, cell in enumerate(line)]
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:{'<' if n < grid.words else '>'}{width}}"
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def as_markdown(grid: Grid) -> str:
    """As a Markdown table, without its title."""
    ruler = ["---"] * grid.words + ["---:"] * (len(grid.header) - grid.words)
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '\\|') for cell in line)} |" for line in (grid.header, ruler, *grid.rows)
    )


def as_latex(grid: Grid, label: str) -> str:
    """As a LaTeX ``table`` in the manner of the package booktabs, shrunk to the page where it is wide."""
    return latex_table(grid.title, label, grid.header, grid.words, grid.blocks)
