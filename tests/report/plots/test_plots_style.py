from __future__ import annotations

from pyserini_xqg.report.plots.style import MARKERS, SMALL_MARKERS, language_name, line_colours, shades, styles


def test_marks_differ():
    assert len(set(MARKERS)) == len(MARKERS) == 8
    assert len(set(SMALL_MARKERS)) == len(SMALL_MARKERS) == 8


def test_systems_differ_without_colour():
    chosen = styles([f"s{n}" for n in range(8)])
    assert len({style.marker for style in chosen.values()}) == 8
    light = [
        0.299 * red + 0.587 * green + 0.114 * blue
        for red, green, blue, _ in (style.colour for style in chosen.values())
    ]
    assert light == sorted(light) and light[-1] - light[0] > 0.4
    assert list(styles([])) == [] and list(styles(["one"])) == ["one"]


def test_colours_come_again_after_the_palettes_end():
    assert len(set(line_colours(10))) == 10
    many = line_colours(23)
    assert len(set(many)) == 20 and many[20] == many[0]
    assert len(set(shades(5, 0.9))) == 5


def test_languages_have_names():
    assert (language_name("sw"), language_name("nobody's")) == ("Swahili", "nobody's")
