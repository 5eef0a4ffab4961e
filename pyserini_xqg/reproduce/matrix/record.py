"""``results.json``: what a matrix came to, for programs."""

from __future__ import annotations

from typing import Any

from pyserini_xqg.reproduce.matrix.claims import ClaimedPair
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult

RESULTS = "results.json"


def as_record(found: MatrixResult) -> dict[str, Any]:
    """Everything but the scores of single queries."""
    return {
        "matrix": found.matrix.name,
        "good": found.is_good,
        "claims": [_claim(one) for one in found.claims],
        "conditions": {one.condition.name: _condition(one) for one in found.outcomes},
    }


def _claim(one: ClaimedPair) -> dict[str, Any]:
    difference = one.difference
    return {
        "claim": one.claim.says,
        "better": one.better,
        "than": one.than,
        "measure": one.measure,
        "difference": difference and difference.value,
        "interval": difference and [difference.low, difference.high],
        "holds": one.holds,
        "gains": list(one.gains),
        "loses": list(one.losses),
    }


def _condition(one: ConditionOutcome) -> dict[str, Any]:
    scores: dict[str, dict[str, Any]] = {}
    for score in one.scores:
        scores.setdefault(score.key, {})[score.measure] = {
            "measured": score.measured,
            "expected": score.expected,
            "verdict": score.verdict,
        }
    return {
        "verdict": one.verdict,
        "reason": one.reason,
        "seconds": one.seconds,
        "peak_mb": one.peak_mb,
        "index_mb": one.index_mb,
        "commands": dict(one.commands),
        "scores": scores,
        "notes": list(one.notes),
    }
