"""The names of measures, as people write them and as tables print them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError

DEFAULT_MEASURES = ("R@1", "R@5", "R@10", "MRR@10", "nDCG@10")
"""What is computed from qrels when nobody asks for anything else."""
DEFAULT_ANSWER_MEASURES = ("R@2kt", "R@5kt")
"""What is computed from answers alone, without qrels."""
DEFAULT_EVIDENCE_MEASURES = ("LoCoMo@5", "LoCoMo@10", "LoCoMo@25", "LoCoMo@50")
"""What is computed from evidence alone; the paper's cutoffs."""

ALLOWED = (
    "R@K, MRR@K, nDCG@K, Success@K, MRR, nDCG (K a whole number from 1), with --answers and --corpus R@Kkt (thousands "
    "of tokens: R@2kt, R@5kt), "
    "and with --evidence LoCoMo@K (the recall of the LoCoMo paper)"
)
_SHAPE = re.compile(r"(?P<name>[a-z]+)(@(?P<cutoff>[1-9]\d*)(?P<thousand>kt)?)?", re.IGNORECASE)


class MeasureKind(StrEnum):
    """What a measure measures; the value is the name in tables."""

    RECALL = "R"
    """Share of the relevant passages that are among the first k (trec_eval's ``recall``)."""
    MRR = "MRR"
    """One over the rank of the first relevant passage, 0 beyond k (trec_eval's ``recip_rank``; ir_measures calls it
    RR).
    """
    NDCG = "nDCG"
    """Discounted gain over the best possible one (Järvelin and Kekäläinen 2002; trec_eval's ``ndcg_cut``)."""
    SUCCESS = "Success"
    """1 where a relevant passage is among the first k (trec_eval's ``success``)."""
    TOKEN_RECALL = "R@kt"
    """1 where an answer is in the first k thousand tokens of the retrieved passages (Asai et al. 2021,
    XOR-Retrieve).
    """
    LOCOMO = "LoCoMo"
    """Share of the evidence that is among the first k passages; 1 without evidence (Maharana et al. 2024, LoCoMo)."""


_KINDS = {
    "r": MeasureKind.RECALL,
    "recall": MeasureKind.RECALL,
    "mrr": MeasureKind.MRR,
    "rr": MeasureKind.MRR,
    "ndcg": MeasureKind.NDCG,
    "success": MeasureKind.SUCCESS,
    "locomo": MeasureKind.LOCOMO,
}
_MAY_LACK_CUTOFF = frozenset({MeasureKind.MRR, MeasureKind.NDCG})


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its cutoff: ranks, or thousands of tokens for :attr:`MeasureKind.TOKEN_RECALL`; None for the whole
    run.
    """

    kind: MeasureKind
    cutoff: int | None

    @property
    def name(self) -> str:
        """The canonical name, such as ``nDCG@10`` or ``R@2kt``."""
        if self.kind is MeasureKind.TOKEN_RECALL:
            return f"R@{self.cutoff}kt"
        return self.kind.value if self.cutoff is None else f"{self.kind.value}@{self.cutoff}"

    @property
    def needs_answers(self) -> bool:
        """Whether it is computed from answers and passages rather than from qrels."""
        return self.kind is MeasureKind.TOKEN_RECALL

    @property
    def needs_evidence(self) -> bool:
        """Whether it is computed from pieces of evidence rather than from qrels."""
        return self.kind is MeasureKind.LOCOMO

    @property
    def needs_qrels(self) -> bool:
        """Whether it is computed from qrels."""
        return not (self.needs_answers or self.needs_evidence)


def parse_measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """Turn names into measures, each once, in the order given. Upper and lower case, ``RR`` and ``Recall`` are all
    understood.

    :raises UsageError: names that are not known, all of them at once, with what is allowed.
    """
    parsed = {name: _parse(name) for name in names}
    bad = [repr(name) for name, measure in parsed.items() if measure is None]
    if bad or not parsed:
        found = f"unknown measure{'s' if len(bad) > 1 else ''} {', '.join(bad)}" if bad else "no measure is named"
        raise UsageError(f"{found}; allowed are {ALLOWED}")
    return tuple(dict.fromkeys(measure for measure in parsed.values() if measure is not None))


def _parse(name: str) -> Measure | None:
    shape = _SHAPE.fullmatch(name)
    kind = _KINDS.get(shape["name"].lower()) if shape else None
    if shape is None or kind is None:
        return None
    if shape["thousand"]:
        return Measure(MeasureKind.TOKEN_RECALL, int(shape["cutoff"])) if kind is MeasureKind.RECALL else None
    if shape["cutoff"] is None:
        return Measure(kind, None) if kind in _MAY_LACK_CUTOFF else None
    return Measure(kind, int(shape["cutoff"]))
