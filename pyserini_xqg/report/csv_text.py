"""A page's tables as CSV, a line a figure."""

from __future__ import annotations

import csv
from io import StringIO

from pyserini_xqg.report.model import Page, Table
from pyserini_xqg.report.sorting import sort_value

_HEADER = ("section", "table", "row", "column", "text", "value", "letters")


def to_csv(page: Page) -> str:
    """All tables below one another in long form; a row is named by the words at its left."""
    stream = StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(_HEADER)
    for section in page.sections:
        for table in (part for part in section.parts if isinstance(part, Table)):
            lines.writerows((section.title, table.title, *line) for line in _lines(table))
    return stream.getvalue()


def _lines(table: Table) -> list[tuple[str, str, str, str, str]]:
    words = _words(table)
    found = []
    for row in table.rows:
        name = " / ".join(cell.text for cell in row[:words])
        for column, cell in zip(table.columns[words:], row[words:], strict=True):
            value = sort_value(column, cell)
            found.append((name, column.title, cell.text, "" if value is None else repr(value), cell.letters))
    return found


def _words(table: Table) -> int:
    """How many columns at the left name a row: those of words, and at least one; only the first in a table of nothing
    but words.
    """
    count = next((place for place, column in enumerate(table.columns) if column.figures), 1)
    return max(count, 1)
