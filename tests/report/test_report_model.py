from __future__ import annotations

from pyserini_xqg.report.marks import Mark
from pyserini_xqg.report.model import Cell, Column, Table, table_of


def test_a_table_of_blocks():
    marked = Cell("1.0", mark=Mark.HOLM)
    table = table_of("T", ["system", "ar"], 1, [[["a", marked], ["b", "–"]], [["c", "3"]]])
    assert table.columns == (Column("system", figures=False), Column("ar"))
    assert table.rows == ((Cell("a"), marked), (Cell("b"), Cell("–")), (Cell("c"), Cell("3")))
    assert table.breaks == (2,)
    assert table.blocks == [table.rows[:2], table.rows[2:]]


def test_a_table_without_blocks_is_one():
    rows = ((Cell("a"),),)
    assert Table("T", (Column("x"),), rows).blocks == [rows]
    assert table_of("T", ["x"], 0, []).blocks == [()]
