"""A grid of words and figures as text, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.evaluate.tables import BONFERRONI_MARK, HOLM_MARK

NONE = "–"
_PAGE = 8
"""More columns than these do not fit the width of a page."""
_MARKS = (HOLM_MARK, BONFERRONI_MARK)
_SIGN = re.compile(r"(?<![\w.])([+-])(?=\d)")
"""A sign before a figure; in LaTeX a bare ``-`` is a hyphen."""
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    NONE: "--",
    "Δ": r"$\Delta$",
    HOLM_MARK: r"$^{\dagger}$",
    BONFERRONI_MARK: r"$^{\ddagger}$",
}


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
    cells = [[f"{cell} " if marked[column] and not cell.endswith(_MARKS) else cell for column, cell in enumerate(line)] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{'<' if n < grid.words else '>'}{width}}" for n, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in cells
    )


def as_markdown(grid: Grid) -> str:
    """As a Markdown table, without its title."""
    ruler = ["---"] * grid.words + ["---:"] * (len(grid.header) - grid.words)
    return "\n".join(f"| {' | '.join(cell.replace('|', '\\|') for cell in line)} |" for line in (grid.header, ruler, *grid.rows))


def as_latex(grid: Grid, label: str) -> str:
    """As a LaTeX ``table`` in the manner of the package booktabs, shrunk to the page where it is wide."""
    wide = len(grid.header) > _PAGE
    body = "\n\\addlinespace\n".join("\n".join(_latex_row(row, grid.words) for row in block) for block in grid.blocks)
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape(grid.title)}}}",
            rf"\label{{{label}}}",
            *([r"\resizebox{\textwidth}{!}{%"] if wide else []),
            rf"\begin{{tabular}}{{{'l' * grid.words}{'r' * (len(grid.header) - grid.words)}}}",
            r"\toprule",
            _latex_row(grid.header, len(grid.header)),
            r"\midrule",
            body,
            r"\bottomrule",
            r"\end{tabular}" + "}" * wide,
            r"\end{table}",
        ]
    )


def _latex_row(cells: Sequence[str], words: int) -> str:
    figures = [_SIGN.sub(r"$\1$", escape(cell)) for cell in cells[words:]]
    return " & ".join([*map(escape, cells[:words]), *figures]) + r" \\"


def escape(text: str) -> str:
    """Text with everything escaped that LaTeX would take for a command."""
    return "".join(_LATEX.get(letter, letter) for letter in text)
