from __future__ import annotations

import pytest

from pyserini_xqg.report.marks import RAISED, Mark, marks_against, raised
from pyserini_xqg.report.model import Cell
from pyserini_xqg.report.numbers import NONE, interval, percent


def test_every_letter_but_q_can_be_raised():
    assert "".join(RAISED) == "abcdefghijklmnoprstuvwxyz"
    assert raised("ab") == "ᵃᵇ" and raised("") == ""


def test_the_mark_stands_before_the_letters():
    assert Cell("1.0", letters="ab", mark=Mark.HOLM).raised == "†ab"
    assert Cell("1.0").raised == ""


def test_marks_are_explained():
    said = marks_against(baseline="plain", test="paired t-test", level=0.05, comparisons=3)
    assert said.startswith("† differs from plain (paired t-test, p < 0.05 after Holm's correction), ‡ after Bonferroni")


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [(0.5, False, "50.0"), (0.5, True, "+50.0"), (-0.0004, False, "0.0"), (-0.0004, True, "0.0"), (None, True, NONE)],
)
def test_percent(value: float | None, signed: bool, text: str):
    assert percent(value, signed=signed) == text


def test_intervals():
    assert interval(0.1, 0.25) == "(10.0 to 25.0)"
    assert interval(-0.1, 0.25, signed=True) == "(-10.0 to +25.0)"
    assert interval(None, 0.25) == NONE
