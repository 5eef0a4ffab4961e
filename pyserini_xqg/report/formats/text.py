"""Tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.report.findings import Findings, Paragraph
from pyserini_xqg.report.marks import raised
from pyserini_xqg.report.model import Cell, Table
from pyserini_xqg.report.report_format import ReportFormat


def aligned(table: Table) -> str:
    """A header and rows, without the title: words to the left, figures to the right by their decimal point, with room
    for the marks behind them. Nothing is filled up behind a line's last cell, and nothing stands where that is a word
    that is empty.
    """
    lines = [tuple(Cell(column.title) for column in table.columns), *table.rows]
    last = len(table.columns) - 1
    columns = [
        _figures(cells, filled=place < last) if column.figures else _words(cells, filled=place < last)
        for place, (column, cells) in enumerate(zip(table.columns, zip(*lines, strict=True), strict=True))
    ]
    shown = ("  ".join(line) for line in zip(*columns, strict=True))
    return "\n".join(shown if table.columns[last].figures else map(str.rstrip, shown))


def _words(cells: Sequence[Cell], *, filled: bool) -> list[str]:
    words = [f"{cell.text}{_behind(cell)}" for cell in cells]
    width = max(map(len, words)) if filled else 0
    return [word.ljust(width) for word in words]


def _figures(cells: Sequence[Cell], *, filled: bool) -> list[str]:
    marks = [_behind(cell) for cell in cells]
    width, room = max(len(cell.text) for cell in cells), max(map(len, marks)) if filled else 0
    return [cell.text.rjust(width) + mark.ljust(room) for cell, mark in zip(cells, marks, strict=True)]


def _behind(cell: Cell) -> str:
    return f"{cell.mark}{raised(cell.letters)}"


def to_text(found: Findings) -> str:
    """The tables, then the paragraphs."""
    return "\n\n".join([*map(aligned, found.tables), *map(paragraph, found.paragraphs)])


def paragraph(shown: Paragraph) -> str:
    """The words, and the list below them, indented."""
    return "\n".join([shown.words, *(f"  {item}" for item in shown.items)])


FORMAT = ReportFormat("text", 0, "", findings=to_text)
