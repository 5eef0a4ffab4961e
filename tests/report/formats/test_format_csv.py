from __future__ import annotations

import csv
from io import StringIO

from sample_page import LANGUAGES, SYSTEMS, sample

from pyserini_xqg.report.findings import Findings, Lines
from pyserini_xqg.report.formats.csv import csv_text, figures_csv, to_csv
from pyserini_xqg.report.marks import Mark
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


def test_marks_stand_before_the_letters():
    cell = Cell("62.0", letters="a", mark=Mark.BONFERRONI)
    assert one(Column("system", figures=False), Column("R@1"), row=(Cell("x"), cell))[1][-1] == "‡a"


def test_lines_of_ones_own():
    assert csv_text(["a", "b"], [["x, y", None], [1.5, 'say "so"']]) == 'a,b\n"x, y",\n1.5,"say ""so"""\n'


def test_findings_are_every_figure():
    found = Findings("mine", (), (), lambda: Lines(("name", "value"), [["a", 0.1 + 0.2]]), dict)
    assert figures_csv(found) == "name,value\na,0.30000000000000004\n"
