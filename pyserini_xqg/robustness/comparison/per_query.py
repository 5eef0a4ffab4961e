"""Scores of all systems in all conditions, query by query, in one order a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.robustness.comparison.conditions import Conditions
from pyserini_xqg.robustness.comparison.outcome import PerQuery, per_query


@dataclass(frozen=True, slots=True)
class MeasuredQueries:
    """One measure.

    :param qids: language -> its query ids; the order of every array of that language.
    :param scores: ``(perturbation, system, language)`` -> scores by query.
    """

    measure: str
    qids: Mapping[str, tuple[str, ...]]
    scores: Mapping[tuple[str, str, str], PerQuery]


def arrange(conditions: Conditions, measure: str) -> MeasuredQueries:
    """Put the scores of a measure in order.

    :raises UsageError: two runs of a language were scored on different queries.
    """
    qids: dict[str, tuple[str, ...]] = {}
    for languages in conditions.clean.values():
        for code, found in languages.items():
            qids.setdefault(code, tuple(found.per_query[measure]))
    scores = {}
    for name, variants in conditions.perturbed.items():
        for system, languages in variants[0].items():
            for code in languages:
                clean = _ordered(conditions.clean[system][code], measure, qids[code], f"{system}, {code}")
                perturbed = [
                    _ordered(variant[system][code], measure, qids[code], f"{system}, {code}, {name}")
                    for variant in variants
                ]
                scores[name, system, code] = per_query(clean, perturbed)
    return MeasuredQueries(measure, qids, scores)


def _ordered(scores: RunScores, measure: str, qids: tuple[str, ...], label: str) -> list[float]:
    found = scores.per_query[measure]
    if found.keys() != set(qids):
        odd = sorted(found.keys() ^ set(qids))[:5]
        raise UsageError(
            f"{label}: scored on other queries than the first system ({', '.join(odd)}); score all against the same "
            "judgments"
        )
    return [found[qid] for qid in qids]
