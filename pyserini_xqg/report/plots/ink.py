"""The page's colours, for plots: drawn with stand-ins, which become the style sheet's variables."""

from __future__ import annotations

from enum import StrEnum


class Ink(StrEnum):
    """A colour that is drawn in place of one of the page's."""

    INK = "#010101"
    SOFT = "#010102"
    RULE = "#010103"
    RAISED = "#010104"
    PAPER = "#010105"
    ACCENT = "#010106"


SERIES = tuple(f"#0102{number:02x}" for number in range(1, 9))
"""Stand-ins for eight colours that tell series apart."""

VARIABLES = {
    # Behind the comma is what is seen where there is no page around the drawing.
    Ink.INK.value: "var(--ink, #1b2126)",
    Ink.SOFT.value: "var(--soft, #59636b)",
    Ink.RULE.value: "var(--rule, #dfe3e4)",
    Ink.RAISED.value: "var(--raised, #f4f5f3)",
    Ink.PAPER.value: "var(--paper, #fdfdfc)",
    Ink.ACCENT.value: "var(--accent, #0b6270)",
    **{
        stand_in: f"var(--series-{number}, {light})"
        for number, (stand_in, light) in enumerate(
            zip(
                SERIES,
                ("#0b6270", "#b4540a", "#5b3f9c", "#2f7d32", "#a3296a", "#2b5fb3", "#7a6108", "#5a6068"),
                strict=True,
            ),
            1,
        )
    },
}


def series_colour(place: int) -> str:
    """The stand-in for the colour of a series; the ninth has the first's again, so series differ by their marker
    too.
    """
    return SERIES[place % len(SERIES)]
