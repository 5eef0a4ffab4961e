"""How many queries went for which reason in which language, as a table for the terminal and as CSV."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from pyserini_xqg.filter.reasons import CODES, KEPT, DropReason
from pyserini_xqg.report.formats.csv import csv_text
from pyserini_xqg.report.formats.text import aligned
from pyserini_xqg.report.model import table_of

_TOTAL = "all"


class FilterTally:
    """Counts.

    :param languages: the survey's.
    :param untold: those that no detector knows, where it was asked.
    :param thresholds: of consistency, float ``[languages]``, or None.
    """

    def __init__(self, languages: Sequence[str], untold: Collection[str], thresholds: np.ndarray | None) -> None:
        self.languages = tuple(languages)
        self._untold = frozenset(untold)
        self._thresholds = thresholds
        self._counts = np.zeros((len(languages), 1 + len(CODES)), dtype=np.int64)
        self._unscored = np.zeros(len(languages), dtype=np.int64)

    def add(self, verdicts: np.ndarray) -> None:
        """Count a window's final verdicts."""
        pairs = verdicts["language"].astype(np.int64) * self._counts.shape[1] + verdicts["reason"]
        self._counts += np.bincount(pairs, minlength=self._counts.size).reshape(self._counts.shape)
        if self._thresholds is not None:
            unscored = verdicts[(verdicts["reason"] == KEPT) & np.isnan(verdicts["score"])]
            self._unscored += np.bincount(unscored["language"], minlength=len(self.languages))

    @property
    def queries(self) -> int:
        """All that came in."""
        return int(self._counts.sum())

    @property
    def kept(self) -> int:
        """Those that stay."""
        return int(self._counts[:, KEPT].sum())

    @property
    def unscored(self) -> int:
        """Kept without a look at their consistency, since the corpus is too small for it."""
        return int(self._unscored.sum())

    @property
    def untold(self) -> dict[str, int]:
        """Kept without a look at their language beyond the script: language -> queries."""
        return {
            code: int(row[KEPT]) for code, row in zip(self.languages, self._counts, strict=True) if code in self._untold
        }

    def dropped(self, reason: DropReason) -> int:
        """How many went for this reason."""
        return int(self._counts[:, CODES[reason]].sum())

    def as_csv(self) -> str:
        """A row a language and one for all: queries, kept, a column a reason, those not checked, and the threshold of
        consistency.
        """
        reasons = [f"dropped_{reason}" for reason in DropReason]
        unchecked = ("language_not_checked", "consistency_not_checked", "consistency_threshold")
        rows: list[list[str | int]] = []
        for number, code in enumerate(self.languages):
            unscored = int(self._unscored[number])
            rows.append(
                [code, *self._row(self._counts[number]), self.untold.get(code, 0), unscored, self._threshold(number)]
            )
        rows.append([_TOTAL, *self._row(self._counts.sum(axis=0)), sum(self.untold.values()), self.unscored, ""])
        return csv_text(["language", "queries", "kept", *reasons, *unchecked], rows)

    def as_text(self) -> str:
        """The same for people: only the reasons that there were, and shares of what is kept."""
        reasons = [reason for reason in DropReason if self.dropped(reason)]
        lines = [["", "queries", "kept", "%", *reasons]]
        rows = [*zip(self.languages, self._counts, strict=True), (_TOTAL, self._counts.sum(axis=0))]
        for name, counts in rows:
            queries, kept = int(counts.sum()), int(counts[KEPT])
            share = f"{100 * kept / queries:.1f}" if queries else ""
            lines.append(
                [name, f"{queries:,}", f"{kept:,}", share, *(f"{counts[CODES[reason]]:,}" for reason in reasons)]
            )
        return aligned(table_of("", lines[0], 1, [lines[1:]]))

    def _row(self, counts: np.ndarray) -> list[int]:
        return [int(counts.sum()), *map(int, counts)]

    def _threshold(self, number: int) -> str:
        if self._thresholds is None or math.isnan(self._thresholds[number]):
            return ""
        return f"{self._thresholds[number]:.6g}"
