"""The table of a matrix's claims: what is said of its conditions, and what is seen here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyserini_xqg.report.model import Cell, Column, Table, Tone
from pyserini_xqg.report.numbers import NONE
from pyserini_xqg.reproduce.matrix.claims import ClaimedPair, Holds
from pyserini_xqg.reproduce.matrix.report.tables import points
from pyserini_xqg.reproduce.matrix.results import MatrixResult

_TONES = {Holds.YES: Tone.GOOD, Holds.NO: Tone.BAD, Holds.UNSURE: Tone.PLAIN, Holds.NOT_RUN: Tone.QUIET}
_CAPTION = (
    "Points, the mean over the languages, with the 95% interval of a bootstrap that draws queries with their "
    "translations. yes: the interval lies above 0; the reverse: below it. gains, loses: languages with p below 0.05 "
    "(paired t-test, Holm's correction over the languages)."
)


def claim_table(found: MatrixResult) -> Table:
    """A row a comparison; what is claimed and what others saw stand in the first row of each claim."""
    columns = (
        Column("claim", figures=False),
        Column("elsewhere", figures=False),
        Column("here", figures=False),
        Column("measure", figures=False),
        Column("difference"),
        Column("95% from"),
        Column("to"),
        Column("holds", figures=False),
        Column("gains", figures=False),
        Column("loses", figures=False),
    )
    displays = {one.name: one.display for one in found.matrix.conditions}
    return Table("What is said, and what is seen here", columns, tuple(_rows(found.claims, displays)), _CAPTION)


def _rows(pairs: Sequence[ClaimedPair], displays: dict[str, str]) -> Iterator[tuple[Cell, ...]]:
    told = None
    for one in pairs:
        first = one.claim is not told
        told = one.claim
        yield (
            Cell(one.claim.says if first else ""),
            Cell((one.claim.elsewhere or NONE) if first else ""),
            Cell(f"{displays[one.better]} over {displays[one.than]}"),
            Cell(one.measure),
            *_figures(one),
            Cell(str(one.holds), tone=_TONES[one.holds]),
            Cell(" ".join(one.gains) or NONE),
            Cell(" ".join(one.losses) or NONE),
        )


def _figures(one: ClaimedPair) -> tuple[Cell, ...]:
    if one.difference is None:
        return (Cell(NONE),) * 3
    return tuple(points(value) for value in (one.difference.value, one.difference.low, one.difference.high))
