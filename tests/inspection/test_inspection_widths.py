"""Texts of any script in columns."""

from __future__ import annotations

import pytest

from pyserini_xqg.inspection.widths import cut, padded, width, wrapped


@pytest.mark.parametrize(
    ("text", "cells"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("مُدُن", 3), ("a\u200bb", 2)],
)
def test_cells(text: str, cells: int):
    assert width(text) == cells


@pytest.mark.parametrize(
    "text", ["short", "日本語の文章はとても長い", "كم عدد سكان المدينة القديمة", "one two  three\nfour five six seven"]
)
@pytest.mark.parametrize("cells", [5, 8, 13])
def test_cut_wrapped_and_padded_texts_keep_their_width(text: str, cells: int):
    assert width(cut(text, cells)) <= cells
    assert width(padded(cut(text, cells), cells)) == cells
    lines = list(wrapped(text, cells, 50))
    assert all(0 < width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_cut_text_says_so():
    assert cut("a b\n c", 5) == "a b c"
    assert cut("abcdefgh", 5) == "abcd…"
    assert cut("日本語", 5) == "日本…"
    assert list(wrapped("one two three four", 9, 2)) == ["one two", "three fo…"]
    assert list(wrapped("", 9, 2)) == []
