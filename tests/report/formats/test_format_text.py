from __future__ import annotations

from pyserini_xqg.report.findings import Findings, Lines, Paragraph
from pyserini_xqg.report.formats.text import aligned, to_text
from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Column, Table, table_of


def test_figures_stand_by_their_point_with_room_for_marks():
    rows = [
        ["one", Cell("100.0", mark=Mark.BONFERRONI, letters="ab"), "1"],
        ["another", Cell("9.5", mark=Mark.HOLM), Cell("22", letters="a")],
    ]
    assert aligned(table_of("unseen", ["system", "ar", "de"], 1, [rows])) == (
        "system      ar     de\n"
        "one      100.0‡ᵃᵇ   1\n"
        "another    9.5†    22ᵃ"
    )  # fmt: skip


def test_words_stand_at_the_left_and_nothing_is_filled_up_behind_them():
    columns = (Column("", figures=False), Column("n"), Column("why", figures=False))
    rows = ((Cell("a"), Cell("1"), Cell("short, very")), (Cell("bb"), Cell("12"), Cell("")))
    assert aligned(Table("", columns, rows)) == "     n  why\na    1  short, very\nbb  12"


def test_a_header_alone_and_no_blocks():
    assert aligned(table_of("", ["", "before"], 1, [])) == "  before"


def test_findings_are_tables_then_paragraphs():
    table = table_of("t", ["x", "y"], 1, [[["a", "1"]]])
    found = Findings(
        "mine", (table, table), (Paragraph("How."), Paragraph("Notes:", ("b", "c"))), lambda: Lines((), []), dict
    )
    assert to_text(found) == "x  y\na  1\n\nx  y\na  1\n\nHow.\n\nNotes:\n  b\n  c"
