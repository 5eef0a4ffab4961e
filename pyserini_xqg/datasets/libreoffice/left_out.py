"""What the data set leaves out or changes, counted by reason."""

from __future__ import annotations

from collections import Counter

from pyserini_xqg.datasets.output import Remark


class LeftOut:
    """Counts by reason and language."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def add(self, what: str, code: str, number: int = 1) -> None:
        """Count some more."""
        self._counts.setdefault(what, Counter())[code] += number

    def remarks(self) -> list[Remark]:
        """A remark for each reason, in the order in which they came up."""
        return [Remark(what, counts) for what, counts in self._counts.items()]
