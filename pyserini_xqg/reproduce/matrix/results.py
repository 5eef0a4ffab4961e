"""What the conditions of a matrix gave, beside what they should give. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.reproduce.matrix.claims import ClaimedPair
from pyserini_xqg.reproduce.matrix.model import MACRO, Condition, Matrix

_ROUNDING = 5e-5
"""Expected scores are written with four decimals."""


class ScoreVerdict(StrEnum):
    """How a score compares with the expected one."""

    OK = "ok"
    WRONG = "wrong"
    FAILED = "failed"
    """A command failed, so there is no score."""
    NOT_RUN = "not run"
    """Data or a model are not at hand, so there is no score."""
    UNCHECKED = "unchecked"
    """Nobody knows what to expect."""


@dataclass(frozen=True, slots=True)
class Score:
    """One score.

    :param measured: from 0 to 1; None where there is none.
    :param expected: from 0 to 1; None where nobody knows.
    :param tolerance: how far apart they may be.
    """

    key: str
    measure: str
    measured: float | None
    expected: float | None
    tolerance: float
    verdict: ScoreVerdict


@dataclass(frozen=True, slots=True)
class ConditionOutcome:
    """A condition, and what it came to.

    :param commands: topic key -> the command line.
    :param reason: why there are no scores; empty where there are.
    :param seconds: of its own commands, by the clock, added up; None where none ran.
    :param peak_mb: the largest resident memory of any of them.
    :param index_mb: what its index takes on disk; None where it names none.
    :param notes: what does not show in the scores, a sentence each: queries without an answer or a judgment, ranks that
        contradict scores, ties.
    """

    condition: Condition
    commands: Mapping[str, str]
    scores: tuple[Score, ...]
    reason: str
    seconds: float | None
    peak_mb: float | None
    index_mb: float | None
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> ScoreVerdict:
        """The worst of its scores; unchecked where nobody expects any."""
        order = [ScoreVerdict.FAILED, ScoreVerdict.WRONG, ScoreVerdict.NOT_RUN, ScoreVerdict.OK, ScoreVerdict.UNCHECKED]
        return min((score.verdict for score in self.scores), key=order.index, default=ScoreVerdict.UNCHECKED)


@dataclass(frozen=True, slots=True)
class MatrixResult:
    """Everything that a report shows.

    :param builds: step -> its command line.
    :param scores: condition -> topic key -> scores, of the conditions that ran.
    :param claims: the comparisons that the matrix's claims name.
    """

    matrix: Matrix
    outcomes: tuple[ConditionOutcome, ...]
    builds: Mapping[str, str]
    scores: Mapping[str, Mapping[str, RunScores]]
    claims: tuple[ClaimedPair, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether no score was wrong and no command failed."""
        return not any(outcome.verdict in {ScoreVerdict.FAILED, ScoreVerdict.WRONG} for outcome in self.outcomes)


def compare(condition: Condition, measured: Mapping[str, RunScores], missing: ScoreVerdict) -> tuple[Score, ...]:
    """The scores of a condition beside the expected ones, topic key by topic key.

    :param measured: topic key -> scores; empty where there are none.
    :param missing: why there are none, if there are none.
    """
    found = []
    for topics in condition.topics:
        for expected in topics.scores:
            value = _measured(topics.key, expected.measure, condition, measured)
            verdict = missing if value is None else _verdict(value, expected.score, expected.tolerance)
            found.append(Score(topics.key, expected.measure, value, expected.score, expected.tolerance, verdict))
        known = {expected.measure for expected in topics.scores}
        for measure in _measures(measured):
            value = _measured(topics.key, measure, condition, measured)
            if measure not in known and value is not None:
                found.append(Score(topics.key, measure, value, None, 0.0, ScoreVerdict.UNCHECKED))
    return tuple(found)


def _measures(measured: Mapping[str, RunScores]) -> list[str]:
    return list(dict.fromkeys(measure for scores in measured.values() for measure in scores.per_query))


def _measured(key: str, measure: str, condition: Condition, measured: Mapping[str, RunScores]) -> float | None:
    keys = [one.key for one in condition.asked] if key == MACRO else [key]
    if not all(one in measured and measure in measured[one].per_query for one in keys):
        return None
    return fmean(measured[one].mean(measure) for one in keys)


def _verdict(measured: float, expected: float, tolerance: float) -> ScoreVerdict:
    return ScoreVerdict.OK if abs(measured - expected) <= tolerance + _ROUNDING else ScoreVerdict.WRONG
