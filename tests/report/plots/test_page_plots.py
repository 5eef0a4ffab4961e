from __future__ import annotations

import re
import warnings
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from pyserini_xqg.report.model import Drawing
from pyserini_xqg.report.plots.curve import Series, curve
from pyserini_xqg.report.plots.drops import Drop, drops
from pyserini_xqg.report.plots.gains import Gain, gains
from pyserini_xqg.report.plots.ink import VARIABLES
from pyserini_xqg.report.plots.labels import Box, place_labels, spread
from pyserini_xqg.report.plots.tradeoff import Point, frontier, tradeoff

MAKERS = {
    "curve": lambda name: curve(
        name, "alpha $x$ <&>", "R@1", [Series(name, (0, 0.3, 0.9), (60, 63, 58), (59, 62, 57), (61, 64, 59))]
    ),
    "gains": lambda name: gains(
        name, "Gain", [Gain(name, "Family", 2.5, 1, 4, True), Gain("b", "Family", -0.5, -2, 1, False)]
    ),
    "drops": lambda name: drops(name, "R@1", [Drop(name, 60, 50.5), Drop("b", 70, 66)]),
    "tradeoff": lambda name: tradeoff(
        name, "ms", "R@1", [Point(name, 1, 50), Point("b", 1000, 60, 59, 61)], log_x=True
    ),
}
NAME = 'a_$x$ <b> & "c" العربية 日本語'


def texts(drawing: Drawing) -> list[str]:
    return [
        element.text or "" for element in ElementTree.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("kind", MAKERS)
def test_a_plot_is_real_text_in_the_pages_colours_and_asks_for_nothing(kind: str):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # letters that matplotlib's font lacks are no concern of the user's
        drawing = MAKERS[kind](NAME)
    assert drawing.title == NAME and NAME in texts(drawing) and NAME in drawing.alternative
    assert drawing.svg.startswith("<svg ") and "var(--" in drawing.svg
    forbidden = r"<\?xml|<!DOCTYPE|<style|style=|<metadata|font-family|DejaVu|xlink|https?://(?!www\.w3\.org/2000/svg\")|20\d\d-\d\d-\d\d"
    assert not re.search(forbidden, drawing.svg)
    assert not any(stand_in in drawing.svg for stand_in in VARIABLES)
    assert (
        set(re.findall(r"#[0-9a-f]{6}\b", re.sub(r"var\(.*?\)", "", drawing.svg))) == set()
    )  # no colour besides the page's


@pytest.mark.parametrize("kind", MAKERS)
def test_the_same_plot_is_the_same_bytes_and_ids_are_only_those_that_are_linked(kind: str):
    first, second = MAKERS[kind]("a"), MAKERS[kind]("a")
    assert first == second
    ids = re.findall(r'\bid="([^"]+)"', first.svg)
    assert len(ids) == len(set(ids))
    assert set(ids) == set(re.findall(r'(?:href="#|url\(#)([^")]+)', first.svg))


def circles(drawing: Drawing) -> list[tuple[float, float, str]]:
    """Where dots are and what fills them."""
    return [
        (float(element.get("x", "")), float(element.get("y", "")), element.get("fill", ""))
        for element in ElementTree.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}use")
        if "accent" in element.get("fill", "") or "paper" in element.get("fill", "")
    ]


def test_gains_lie_in_order_beside_zero_and_only_significant_ones_are_filled():
    rows = [Gain("ar", "A", 4, 3, 5, True), Gain("sw", "B", -2, -3, -1, True), Gain("yo", "B", 1, -1, 3, False)]
    drawing = gains("Gains", "Gain in R@1", rows)
    dots = [(x, fill) for x, _, fill in circles(drawing)][:3]
    assert dots[1][0] < dots[2][0] < dots[0][0]
    assert ["accent" in fill for _, fill in dots] == [True, True, False]
    assert [text for text in texts(drawing) if text in {"A", "B", "ar", "sw", "yo"}] == ["A", "ar", "B", "sw", "yo"]
    assert {"+4.0", "−2.0", "+1.0"} <= set(texts(drawing))
    assert drawing.alternative.startswith("Gain in R@1: ar +4.0 (interval +3.0 to +5.0, significant); sw −2.0")


def test_drops_show_what_was_lost():
    drawing = drops("Drops", "R@1", [Drop("plain", 60, 50.5), Drop("views", 70, 66.25)])
    assert {"−9.5", "−3.8"} <= set(texts(drawing)) and "plain 60.0 and 50.5 (−9.5)" in drawing.alternative
    (changed, _, hollow), (clean, _, filled) = circles(drawing)[:2]
    assert changed < clean and "paper" in hollow and "accent" in filled


def test_lines_are_named_where_they_end_and_names_keep_apart():
    series = [Series(f"s{n}", (0, 1), (60, 60 + n / 100)) for n in range(9)]
    series.append(Series("from far below", (0, 1), (0, 90)))
    drawing = curve("c", "x", "y", series)
    heights = [
        float(element.get("y", ""))
        for element in ElementTree.fromstring(drawing.svg).iter("{http://www.w3.org/2000/svg}text")
        if str(element.text)[0] == "s"
    ]
    gaps = [one - other for one, other in pairwise(heights)]
    assert len(heights) == 9 and all(gap == pytest.approx(16, abs=0.02) for gap in gaps)


def test_the_frontier_is_what_nothing_cheaper_equals():
    points = [
        Point("dear", 9, 70),
        Point("cheap", 1, 50),
        Point("same", 5, 60),
        Point("as good, cheaper", 4, 60),
        Point("worse", 6, 55),
    ]
    assert [point.label for point in frontier(points)] == ["cheap", "as good, cheaper", "dear"]


def test_one_point_and_one_row_are_plots_too():
    for drawing in (
        curve("c", "x", "y", [Series("a", (1,), (2,))]),
        tradeoff("t", "x", "y", [Point("a", 1, 2)]),
        gains("g", "x", [Gain("a", "", 0, 0, 0, False)]),
    ):
        assert "a" in texts(drawing)


def test_spread_keeps_the_order_moves_least_and_stays_inside():
    assert spread([10, 50, 90], 16, 0, 100) == [10, 50, 90]
    assert spread([50, 50], 16, 0, 100) == [42, 58]
    assert spread([52, 50], 16, 0, 100) == [59, 43]
    assert spread([1, 2, 3], 16, 0, 100) == [0, 16, 32]
    assert spread([98, 99], 16, 0, 100) == [84, 100]
    assert spread([], 16, 0, 100) == []


def test_names_of_a_crowd_do_not_overlap():
    points = [(100.0 + 7 * (n % 4), 100.0 + 9 * (n // 4)) for n in range(12)]
    boxes = place_labels(points, [(60.0, 14.0)] * 12, [], Box(0, 0, 400, 300))
    assert sum(one.overlap(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :]) == 0
    assert place_labels([(395.0, 150.0)], [(60.0, 14.0)], [], Box(0, 0, 400, 300))[0].right <= 400
