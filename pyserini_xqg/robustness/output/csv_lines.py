"""Every figure as a line of CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.robustness.comparison.results import Robustness, Row

_COLUMNS = (
    *(
        "measure",
        "scope",
        "name",
        "languages",
        "perturbation",
        "variants",
        "system",
        "queries",
        "clusters",
        "figure",
        "value",
        "low",
        "high",
    ),
    *("t", "p", "p_bonferroni", "p_holm"),
)


def to_csv(found: Robustness) -> str:
    """A line a figure, unrounded, scores and differences from 0 to 1; empty where something is not defined."""
    rows = found.rows.values()
    return csv_text(_COLUMNS, (line for row in rows for line in _lines(row, found.perturbations[row.perturbation])))


def _lines(row: Row, variants: int) -> Iterator[list[Any]]:
    codes = " ".join(row.scope.codes)
    head = [
        row.measure,
        row.scope.kind.value,
        row.scope.name,
        codes,
        row.perturbation,
        variants,
        row.system,
        row.queries,
        row.clusters,
    ]
    for figure, estimate in row.figures.items():
        test = row.tests.get(figure)
        tested = [test.t, test.p, test.p_bonferroni, test.p_holm] if test is not None else [None] * 4
        yield [*head, figure.value, estimate.value, estimate.low, estimate.high, *tested]
    for name, count in (("wins", row.outcomes.wins), ("ties", row.outcomes.ties), ("losses", row.outcomes.losses)):
        yield [*head, name, count, *[None] * 6]
