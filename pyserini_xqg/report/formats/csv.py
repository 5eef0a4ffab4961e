"""Figures as CSV, a line a figure: those of a page's tables, and those of findings."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from pyserini_xqg.report.findings import Findings
from pyserini_xqg.report.model import Page, Table
from pyserini_xqg.report.report_format import ReportFormat
from pyserini_xqg.report.sorting import sort_value

_HEADER = ("section", "table", "row", "column", "text", "value", "letters")


def csv_text(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """A whole file: quotes only where they are needed, and None is empty."""
    stream = StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(header)
    lines.writerows(rows)
    return stream.getvalue()


def to_csv(page: Page) -> str:
    """All tables below one another in long form; a row is named by the words at its left."""
    return csv_text(
        _HEADER,
        (
            (section.title, part.title, *line)
            for section in page.sections
            for part in section.parts
            if isinstance(part, Table)
            for line in _lines(part)
        ),
    )


def _lines(table: Table) -> list[tuple[str, str, str, str, str]]:
    words = _words(table)
    found = []
    for row in table.rows:
        name = " / ".join(cell.text for cell in row[:words])
        for column, cell in zip(table.columns[words:], row[words:], strict=True):
            value = sort_value(column, cell)
            found.append((name, column.title, cell.text, "" if value is None else repr(value), cell.raised))
    return found


def _words(table: Table) -> int:
    """How many columns at the left name a row: those of words, and at least one; only the first in a table of nothing
    but words.
    """
    count = next((place for place, column in enumerate(table.columns) if column.figures), 1)
    return max(count, 1)


def figures_csv(found: Findings) -> str:
    """Every figure, unrounded."""
    lines = found.lines()
    return csv_text(lines.header, lines.rows)


FORMAT = ReportFormat("CSV", 3, ".csv", page=to_csv, findings=figures_csv, every_figure=True)
