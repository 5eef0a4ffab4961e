"""What scoring gives: a number a query, and the averages over queries, languages and families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from pyserini_xqg.languages import families_of

MACRO = "macro"
"""The column with the mean of the languages' means."""
MICRO = "micro"
"""The column with the mean over all queries of all languages."""


@dataclass(frozen=True, slots=True)
class RunScores:
    """The scores of one run file, query by query.

    :param per_query: measure name -> query id -> score from 0 to 1; every judged query is there.
    :param missing: judged queries that the run does not answer; each has the score 0.
    :param unjudged: queries of the run that nobody judged; they count nowhere.
    :param left_out: queries that a measure's definition leaves out (R@kt: those whose only answers are yes or no).
    :param short: queries whose passages end before a measure has seen what it counts (R@kt: its largest budget of
        tokens), so that more hits might score higher.
    :param disordered: queries whose documents the run's rank column orders otherwise than its scores do.
    :param tied: queries in which a relevant passage and another have the same score, so that a rule decides which is
        first.
    """

    per_query: Mapping[str, Mapping[str, float]]
    missing: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    disordered: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()

    def mean(self, measure: str) -> float:
        """The mean over the judged queries, those without an answer in the run counted as 0."""
        return fmean(self.per_query[measure].values())

    def mean_of_answered(self, measure: str) -> float | None:
        """The mean over the queries that the run answers; the XOR-Retrieve reference scorer averages so. None when
        there are none.
        """
        unanswered = set(self.missing)
        answered = [score for qid, score in self.per_query[measure].items() if qid not in unanswered]
        return fmean(answered) if answered else None


def merge(first: RunScores, second: RunScores) -> RunScores:
    """The scores of the same run under two kinds of judgments: qrels and answers."""
    return RunScores(
        per_query={**first.per_query, **second.per_query},
        missing=_union(first.missing, second.missing),
        unjudged=tuple(qid for qid in first.unjudged if qid in set(second.unjudged)),
        left_out=_union(first.left_out, second.left_out),
        short=_union(first.short, second.short),
        disordered=_union(first.disordered, second.disordered),
        tied=_union(first.tied, second.tied),
    )


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def macro(by_language: Mapping[str, RunScores], measure: str) -> float:
    """The mean of the languages' means: every language weighs the same."""
    return fmean(scores.mean(measure) for scores in by_language.values())


def micro(by_language: Mapping[str, RunScores], measure: str) -> float:
    """The mean over all queries: every query weighs the same."""
    return fmean(chain.from_iterable(scores.per_query[measure].values() for scores in by_language.values()))


def family_means(by_language: Mapping[str, RunScores], measure: str) -> dict[str, float]:
    """Language family -> the mean of its languages' means, in the order in which the families first appear."""
    return {
        family: fmean(by_language[code].mean(measure) for code in codes)
        for family, codes in families_of(by_language).items()
    }


def group_means(by_language: Mapping[str, RunScores], measure: str, groups: Mapping[str, str]) -> dict[str, float]:
    """Group -> the mean over its queries in all languages, in the order in which the groups first appear.

    :param groups: query id -> its group; queries without one count in none.
    """
    found: dict[str, list[float]] = {}
    for scores in by_language.values():
        for qid, score in scores.per_query[measure].items():
            if qid in groups:
                found.setdefault(groups[qid], []).append(score)
    return {group: fmean(found[group]) for group in dict.fromkeys(groups.values()) if group in found}


def percent(score: float) -> str:
    """A score from 0 to 1 as tables print it: in percent with one decimal."""
    return f"{100 * score:.1f}"
