"""What an attack did to queries, one by one and by language: arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import nltk
import regex

from pyserini_xqg.perturb.attack.hunt import Attempt, Hunt


@dataclass(frozen=True, slots=True)
class AttackOutcome:
    """One query's. Reciprocal ranks are 0 beyond the cutoff.

    :param clean: the reciprocal rank of the query itself.
    :param average: the mean over its valid variants; ``clean`` where there are none.
    :param worst: the lowest.
    :param reached: whether the query found its passage within the cutoff.
    :param broken: whether it did and the worst variant does not.
    :param distance: edits between query and worst variant, in graphemes, an exchange of neighbours counted as one.
    """

    clean: float
    average: float
    worst: float
    reached: bool
    broken: bool
    distance: int
    variants: int
    invalid: int
    asked: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A language's means.

    :param queries: how many were attacked.
    :param success: the share broken of those that had found their passage; None where none had.
    :param distance: over the queries whose worst variant is not the query itself; None where there is none.
    """

    queries: int
    clean: float
    average: float
    worst: float
    success: float | None
    distance: float | None
    variants: float
    invalid: float
    asked: float


def outcome(hunt: Hunt, cutoff: int) -> AttackOutcome:
    """What came of one query."""
    worst = hunt.worst
    tried = [_reciprocal(attempt, cutoff) for attempt in hunt.valid]
    reached = hunt.start.rank <= cutoff
    return AttackOutcome(
        clean=_reciprocal(hunt.start, cutoff),
        average=fmean(tried) if tried else _reciprocal(hunt.start, cutoff),
        worst=_reciprocal(worst, cutoff),
        reached=reached,
        broken=reached and worst.rank > cutoff,
        distance=distance(hunt.start.text, worst.text),
        variants=len(hunt.valid),
        invalid=hunt.invalid,
        asked=hunt.asked,
    )


def _reciprocal(attempt: Attempt, cutoff: int) -> float:
    return 1 / attempt.rank if attempt.rank <= cutoff else 0.0


def distance(first: str, second: str) -> int:
    """The edits between two texts, in graphemes (Damerau-Levenshtein, neighbours exchanged once)."""
    return int(nltk.edit_distance(regex.findall(r"\X", first), regex.findall(r"\X", second), transpositions=True))


def summary(outcomes: Sequence[AttackOutcome]) -> Summary:
    """The means over a language's queries, of which there is at least one."""
    reached = [one for one in outcomes if one.reached]
    moved = [one.distance for one in outcomes if one.distance]
    return Summary(
        queries=len(outcomes),
        clean=fmean(one.clean for one in outcomes),
        average=fmean(one.average for one in outcomes),
        worst=fmean(one.worst for one in outcomes),
        success=sum(one.broken for one in reached) / len(reached) if reached else None,
        distance=fmean(moved) if moved else None,
        variants=fmean(one.variants for one in outcomes),
        invalid=fmean(one.invalid for one in outcomes),
        asked=fmean(one.asked for one in outcomes),
    )
