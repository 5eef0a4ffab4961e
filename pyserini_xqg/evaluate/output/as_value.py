"""An evaluation as one value: everything, with the score of every query."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from pyserini_xqg.evaluate.evaluation import Evaluation
from pyserini_xqg.evaluate.output.tables import averages_of
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.evaluate.statistics.letters import Letters
from pyserini_xqg.evaluate.statistics.significance import Comparison


def as_value(found: Evaluation) -> dict[str, Any]:
    """Everything in JSON's kinds; an infinite t statistic becomes None, since JSON has only null for it."""
    return {
        "measures": [measure.name for measure in found.measures],
        "systems": {
            system: {
                "averages": {
                    measure.name: averages_of(languages, found.languages, measure.name, found.families, found.groups)
                    for measure in found.measures
                },
                "languages": {code: _language(scores) for code, scores in sorted(languages.items())},
            }
            for system, languages in found.scores.items()
        },
        "baseline": found.baseline,
        "test": found.test.value,
        "comparisons": [_comparison(test) for test in found.comparisons],
        "overall": [_comparison(test) for test in found.overall],
        "intervals": [asdict(one) for one in found.intervals],
        "power": [asdict(one) for one in found.powers],
        "letters": {measure: _letters(letters) for measure, letters in found.letters.items()},
        "notes": list(found.notes),
    }


def _language(scores: RunScores) -> dict[str, Any]:
    return {
        "mean": {measure: scores.mean(measure) for measure in scores.per_query},
        "missing": list(scores.missing),
        "unjudged": list(scores.unjudged),
        "left_out": list(scores.left_out),
        "short": list(scores.short),
        "disordered": list(scores.disordered),
        "tied": list(scores.tied),
        "per_query": {measure: dict(per_query) for measure, per_query in scores.per_query.items()},
    }


def _letters(letters: Letters) -> dict[str, Any]:
    better: dict[str, dict[str, str]] = {}
    for (system, language), found in letters.better.items():
        better.setdefault(system, {})[language] = found
    return {
        "names": dict(letters.names),
        "better": better,
        "comparisons": [_comparison(test) for test in letters.tests],
    }


def _comparison(test: Comparison) -> dict[str, Any]:
    return asdict(test) | {"t": test.t if math.isfinite(test.t) else None}
