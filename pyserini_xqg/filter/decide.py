"""The checks that need all verdicts: questions common to many passages, and the threshold of consistency of each
language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.filter.checks.common_questions import CommonQuestions
from pyserini_xqg.filter.checks.order_statistics import percentiles
from pyserini_xqg.filter.reasons import CODES, KEPT, DropReason
from pyserini_xqg.filter.settings import FilterSettings
from pyserini_xqg.filter.verdict_folder import VerdictFolder
from pyserini_xqg.fusion.text_kind import language_of


@dataclass(frozen=True, slots=True)
class Inputs:
    """What there is to decide on.

    :param windows: how many windows of verdicts ``folder`` holds.
    :param queries: the number of queries in them.
    :param languages: the survey's.
    """

    folder: VerdictFolder
    windows: int
    queries: int
    languages: Sequence[str]


class Decider:
    """Completes verdicts.

    :param work: an empty folder for 8 bytes a query, which the caller removes afterwards.
    """

    def __init__(self, inputs: Inputs, settings: FilterSettings, work: Path) -> None:
        self._inputs = inputs
        self._common: CommonQuestions | None = None
        if settings.checks(DropReason.COMMON):
            self._common = CommonQuestions(self._keys(), inputs.queries, settings.max_passages, work)
        self.thresholds: np.ndarray | None = (
            self._thresholds(settings) if settings.checks(DropReason.INCONSISTENT) else None
        )
        """Below which score a query goes, float64 ``[languages]``, NaN for a language without scores; None where
        consistency is not checked.
        """

    def window(self, number: int) -> np.ndarray:
        """The final verdicts of a window."""
        verdicts = self._without_common(number)
        if self.thresholds is not None:
            with np.errstate(invalid="ignore"):  # no score, no reason to go
                low = (verdicts["reason"] == KEPT) & (verdicts["score"] < self.thresholds[verdicts["language"]])
            verdicts["reason"][low] = CODES[DropReason.INCONSISTENT]
            verdicts["value"][low] = verdicts["score"][low]
        return verdicts

    def _without_common(self, number: int) -> np.ndarray:
        verdicts = self._inputs.folder.read(number)
        if self._common is not None:
            counts = np.where(verdicts["reason"] == KEPT, self._common.counts(verdicts["key"]), 0)
            verdicts["reason"][counts > 0] = CODES[DropReason.COMMON]
            verdicts["value"][counts > 0] = counts[counts > 0]
        return verdicts

    def _keys(self) -> Iterator[np.ndarray]:
        for number in range(self._inputs.windows):
            verdicts = self._inputs.folder.read(number)
            yield verdicts["key"][verdicts["reason"] == KEPT]

    def _thresholds(self, settings: FilterSettings) -> np.ndarray:
        if settings.cut.lowest is None:
            return np.array([settings.cut.at(language_of(name)) for name in self._inputs.languages], dtype=np.float64)
        return percentiles(self._scores, len(self._inputs.languages), settings.cut.lowest)

    def _scores(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for number in range(self._inputs.windows):
            verdicts = self._without_common(number)
            verdicts = verdicts[verdicts["reason"] == KEPT]
            yield verdicts["language"], verdicts["score"]
