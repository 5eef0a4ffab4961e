"""What can be said about chance in a matrix: letters, differences from the baseline with intervals, power."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.scores import MACRO
from pyserini_xqg.evaluate.statistics.compute import Wanted, add_statistics
from pyserini_xqg.evaluate.statistics.intervals import Interval, intervals
from pyserini_xqg.evaluate.statistics.letters import compare_all
from pyserini_xqg.evaluate.statistics.randomisation import Draws
from pyserini_xqg.languages import families_of
from pyserini_xqg.reproduce.matrix.results import MatrixResult

_RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Statistics:
    """Scores with everything about chance.

    :param evaluation: of the conditions that ran.
    :param families: measure -> family -> the differences from the baseline, averaged over the family's languages.
    """

    evaluation: Evaluation
    families: Mapping[str, Mapping[str, tuple[Interval, ...]]]

    def score(self, measure: str, condition: str, key: str) -> Interval | None:
        """A score with its interval."""
        return next((one for one in self._of(measure, condition, key) if one.baseline is None), None)

    def gain(self, measure: str, condition: str, key: str) -> Interval | None:
        """A difference from the baseline with its interval."""
        return next((one for one in self._of(measure, condition, key) if one.baseline is not None), None)

    def _of(self, measure: str, condition: str, key: str) -> list[Interval]:
        return [
            one
            for one in self.evaluation.intervals
            if (one.measure, one.system, one.language) == (measure, condition, key)
        ]


def statistics(found: MatrixResult) -> Statistics:
    """Test every condition that ran against the baseline and against every other."""
    scores = {name: dict(by_key) for name, by_key in found.scores.items()}
    baseline = found.matrix.baseline if found.matrix.baseline in scores else None
    draws = Draws(_RESAMPLES)
    wanted = Wanted(randomisation=draws, intervals=draws, power=baseline is not None)
    evaluation = (
        add_statistics(Evaluation(parse_measures(found.matrix.measures), scores, baseline), wanted)
        if scores
        else Evaluation((), {})
    )
    compared = {name: by_key for name, by_key in scores.items() if name in (found.matrix.compared or scores)}
    if len(compared) > 1:
        evaluation = replace(
            evaluation, letters={measure: compare_all(compared, measure) for measure in found.matrix.measures}
        )
    families: dict[str, dict[str, tuple[Interval, ...]]] = {}
    if baseline is not None:
        for measure in found.matrix.measures:
            families[measure] = {
                family: _family(found, measure, baseline, codes, draws)
                for family, codes in families_of(scores[baseline]).items()
                if len(codes) > 1
            }
    return Statistics(evaluation, families)


def _family(found: MatrixResult, measure: str, baseline: str, codes: list[str], draws: Draws) -> tuple[Interval, ...]:
    mine = {
        name: {code: by_key[code] for code in codes}
        for name, by_key in found.scores.items()
        if by_key.keys() >= set(codes)
    }
    return tuple(
        one
        for one in intervals(mine, measure, baseline, None, draws)
        if one.baseline is not None and one.language == MACRO
    )
