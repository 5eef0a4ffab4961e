"""What can be tuned on."""

from __future__ import annotations

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.measures.registry import Measure


def tunable(measure: Measure) -> QrelsMeasure:
    """The measure, where it can be computed from qrels.

    :raises UsageError: it cannot.
    """
    if isinstance(measure, QrelsMeasure):
        return measure
    raise UsageError(f"{measure.name} needs {measure.BASIS.needs}; tune on a measure over qrels, such as MRR@10")
