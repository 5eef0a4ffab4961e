from __future__ import annotations

import csv
from io import StringIO

from sample_page import LANGUAGES, SYSTEMS, sample

from pyserini_xqg.report.formats.csv import to_csv
from pyserini_xqg.report.model import Cell, Column, Page, Prose, Section, Table

HEADER = ["section", "table", "row", "column", "text", "value", "letters"]


def lines(page: Page) -> list[list[str]]:
    return list(csv.reader(StringIO(to_csv(page))))


def one(*columns: Column, row: tuple[Cell, ...]) -> list[list[str]]:
    return lines(Page("T", "", (Section("S", (Prose("words"), Table("t", columns, (row,)))),)))


def test_a_line_a_figure():
    row = (Cell("xQG, views"), Cell("ar"), Cell("62.0%", 0.62, letters="ab"), Cell("–"))
    assert one(
        Column("system", figures=False), Column("language", figures=False), Column("R@1"), Column("gain"), row=row
    ) == [
        HEADER,
        ["S", "t", "xQG, views / ar", "R@1", "62.0%", "0.62", "ab"],
        ["S", "t", "xQG, views / ar", "gain", "–", "", ""],
    ]


def test_a_table_of_nothing_but_words_or_figures_is_named_by_its_first_column():
    words = Column("a", figures=False), Column("b", figures=False)
    assert one(*words, row=(Cell("x"), Cell('two\n"lines"')))[1:] == [["S", "t", "x", "b", 'two\n"lines"', "", ""]]
    assert one(Column("n"), Column("R@1"), row=(Cell("5"), Cell("60.5")))[1:] == [
        ["S", "t", "5", "R@1", "60.5", "60.5", ""]
    ]


def test_the_sample_has_every_figure():
    found = [line for line in lines(sample()) if line[1] == "R@1 on XQuAD"]
    assert len(found) == len(SYSTEMS) * (len(LANGUAGES) + 1)


def test_a_page_without_tables_is_a_header():
    assert lines(Page("T", "", ())) == [HEADER]
