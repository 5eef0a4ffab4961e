from __future__ import annotations

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib_settings import settings_stay
from sample_page import plots

import pyserini_xqg
from pyserini_xqg.report.plots.canvas import as_svg, furnish, open_figure, save
from pyserini_xqg.report.plots.style import FONT

WORDS = "a $x$ and $y_1$ & <b>"


def figure() -> Figure:
    drawn = open_figure(4, 3)
    axes = drawn.add_subplot()
    furnish(axes, WORDS, size=11)
    axes.plot([0, 1, 2], [1, 3, 2], marker="o", label=WORDS)
    axes.fill_between([0, 1, 2], [0, 2, 1], [2, 4, 3], alpha=0.2)
    axes.legend()
    return drawn


def test_drawing_leaves_matplotlibs_settings_alone(tmp_path: Path):
    with settings_stay():
        plots()
    with settings_stay():
        save(figure(), tmp_path, "plot")
        as_svg(figure())


@pytest.mark.parametrize("way", ["context", "write"])
def test_the_guard_sees_who_changes_them(way: str):
    salt = mpl.rcParams["svg.hashsalt"]
    try:
        with pytest.raises(AssertionError), settings_stay():
            if way == "context":
                with mpl.rc_context({"svg.hashsalt": "ours"}):
                    figure().draw_without_rendering()
            else:
                mpl.rcParams["svg.hashsalt"] = "ours"
                figure().draw_without_rendering()
    finally:
        mpl.rcParams["svg.hashsalt"] = salt


def test_no_module_names_the_settings():
    """``rcParams``, ``rc_context`` and ``pyplot`` are the ways to them."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in Path(pyserini_xqg.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [node.attr]
            if isinstance(node, ast.Attribute)
            else [*(alias.name for alias in node.names), getattr(node, "module", None) or ""]
            if isinstance(node, ast.Import | ast.ImportFrom)
            else []
        )
        if re.search(r"\b(rcParams|rc_context|pyplot)\b", name)
    ]
    assert found == []


def test_settings_of_the_user_change_neither_ids_nor_letters(tmp_path: Path):
    first = [path.read_bytes() for path in save(figure(), tmp_path / "one", "plot")]
    with mpl.rc_context({"svg.hashsalt": "another", "svg.fonttype": "none", "text.parse_math": True}):
        second = [path.read_bytes() for path in save(figure(), tmp_path / "two", "plot")]
        letters = as_svg(figure())
    assert second[0] == first[0]
    ids = [set(re.findall(rb'id="([a-z][0-9a-f]{10})"', svg)) for svg in (first[1], second[1])]
    assert ids[0] == ids[1] != set()
    assert letters == as_svg(figure())


def test_files_are_the_same_bytes_and_carry_no_date(tmp_path: Path):
    bitmap, drawing = save(figure(), tmp_path / "one", "plot")
    assert (bitmap.name, drawing.name) == ("plot.png", "plot.svg")
    again = save(figure(), tmp_path / "two", "plot")
    assert [path.read_bytes() for path in again] == [bitmap.read_bytes(), drawing.read_bytes()]
    assert bitmap.read_bytes().startswith(b"\x89PNG")
    svg = drawing.read_text(encoding="utf-8")
    assert not re.search(r"20\d\d-\d\d-\d\dT", svg)
    assert "<text" not in svg


def test_texts_stand_as_they_are():
    svg = ElementTree.fromstring(as_svg(figure()))
    shown = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert shown.count(WORDS) == 2
    assert "−" not in "".join(filter(None, shown))


def test_a_saved_figure_has_one_font(tmp_path: Path):
    drawn = figure()
    save(drawn, tmp_path, "plot")
    assert {text.get_fontfamily()[0] for text in drawn.findobj(Text) if isinstance(text, Text)} == {FONT}
