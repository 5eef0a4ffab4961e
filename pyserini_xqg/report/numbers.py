"""Figures as tables have them. Pure."""

from __future__ import annotations

NONE = "–"
"""Where there is no figure."""


def percent(value: float | None, *, signed: bool = False) -> str:
    """A score or a difference of scores from 0 to 1, in percent or points with one decimal, and without a sign where it
    rounds to 0.
    """
    if value is None:
        return NONE
    text = f"{100 * value:{'+' if signed else ''}.1f}"
    return "0.0" if float(text) == 0 else text


def interval(low: float | None, high: float | None, *, signed: bool = False) -> str:
    """Both ends of an interval in brackets, as :func:`percent` has them."""
    if low is None or high is None:
        return NONE
    return f"({percent(low, signed=signed)} to {percent(high, signed=signed)})"
