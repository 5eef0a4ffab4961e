"""Everything that a report shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.evaluate.scoring.systems import Scores
from pyserini_xqg.evaluate.statistics.intervals import Interval
from pyserini_xqg.evaluate.statistics.letters import Letters
from pyserini_xqg.evaluate.statistics.power import Power
from pyserini_xqg.evaluate.statistics.significance import Comparison, PairedTest


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that a report shows.

    :param comparisons: the tests against ``baseline`` by language; empty without one.
    :param notes: what a reader must know beside the figures, a sentence each.
    :param families: whether tables have a column a language family.
    :param groups: query id -> its group; tables have a column a group.
    :param overall: the tests against ``baseline`` over all languages, macro and micro.
    :param intervals: of every score, and of every difference from ``baseline``; empty leaves their tables out.
    :param powers: what the comparisons could have shown; told beside the intervals.
    :param letters: measure -> every system against every other; empty leaves the letters out.
    :param test: the test that marks go by.
    """

    measures: tuple[Measure, ...]
    scores: Scores
    baseline: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    notes: tuple[str, ...] = ()
    families: bool = False
    groups: Mapping[str, str] = field(default_factory=dict)
    overall: tuple[Comparison, ...] = ()
    intervals: tuple[Interval, ...] = ()
    powers: tuple[Power, ...] = ()
    letters: Mapping[str, Letters] = field(default_factory=dict)
    test: PairedTest = PairedTest.T

    @property
    def languages(self) -> list[str]:
        """All languages, by code."""
        return sorted({code for languages in self.scores.values() for code in languages})
