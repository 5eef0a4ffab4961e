"""An evaluation figure by figure, unrounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.tables import averages_of
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.intervals import Interval
from pyserini_xqg.evaluate.statistics.significance import Comparison
from pyserini_xqg.report.findings import Lines

_SCORE = ("measure", "system", "language", "score", "queries", "missing")
_TEST = (
    "difference",
    "t",
    "p",
    "p_bonferroni",
    "p_holm",
    "p_randomisation",
    "p_randomisation_bonferroni",
    "p_randomisation_holm",
)
_INTERVALS = ("low", "high", "difference_low", "difference_high")
_LAST = ("detectable", "better_than")


def figure_lines(found: Evaluation) -> Lines:
    """One line a measure, system and language (then the averages), scores from 0 to 1; what was not asked for is
    empty.
    """
    return Lines((*_SCORE, *_TEST, *_INTERVALS, *_LAST), list(_rows(found)))


def _rows(found: Evaluation) -> Iterator[list[Any]]:
    beside = _Beside(found)
    for measure in (measure.name for measure in found.measures):
        for system, languages in found.scores.items():
            for code, scores in sorted(languages.items()):
                yield [measure, system, code, *_counts(scores, measure), *beside.cells(measure, system, code)]
            for name, score in averages_of(languages, found.languages, measure, found.families, found.groups).items():
                yield [measure, system, name, score, "", "", *beside.cells(measure, system, name)]


def _counts(scores: RunScores, measure: str) -> list[Any]:
    per_query = scores.per_query[measure]
    return [scores.mean(measure), len(per_query), sum(qid in per_query for qid in scores.missing)]


class _Beside:
    """What stands beside a score, found by measure, system and language."""

    def __init__(self, found: Evaluation) -> None:
        self._tests = {(one.measure, one.system, one.language): one for one in (*found.comparisons, *found.overall)}
        self._scores = {(one.measure, one.system, one.language): one for one in found.intervals if one.baseline is None}
        self._differences = {
            (one.measure, one.system, one.language): one for one in found.intervals if one.baseline is not None
        }
        self._powers = {(one.measure, one.system, one.language): one for one in found.powers}
        self._letters = found.letters
        self._systems: Mapping[str, Mapping[str, str]] = {
            measure: {letter: system for system, letter in letters.names.items()}
            for measure, letters in found.letters.items()
        }

    def cells(self, *place: str) -> list[Any]:
        measure, system, language = place
        power = self._powers.get((measure, system, language))
        return [
            *_test(self._tests.get((measure, system, language))),
            *_ends(self._scores.get((measure, system, language))),
            *_ends(self._differences.get((measure, system, language))),
            "" if power is None or power.detectable is None else power.detectable,
            self._better(measure, system, language),
        ]

    def _better(self, measure: str, system: str, language: str) -> str:
        letters = self._letters.get(measure)
        found = letters.better.get((system, language), "") if letters is not None else ""
        return " ".join(self._systems[measure][letter] for letter in found)


def _test(test: Comparison | None) -> list[Any]:
    if test is None:
        return [""] * len(_TEST)
    by_t = [test.difference, test.t, test.p, test.p_bonferroni, test.p_holm]
    drawn = test.randomised
    return [*by_t, *(["", "", ""] if drawn is None else [drawn.p, drawn.p_bonferroni, drawn.p_holm])]


def _ends(found: Interval | None) -> list[Any]:
    return ["", ""] if found is None or found.low is None else [found.low, found.high]
