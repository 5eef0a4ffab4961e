"""MRR@k: one over the rank of the first relevant passage, 0 beyond k (trec_eval's ``recip_rank``; Voorhees 1999, "The
TREC-8 Question Answering Track Report"; ir_measures calls it RR).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.measures.registry import register

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks


class ReciprocalRank(QrelsMeasure):
    """One over the rank of the first relevant passage; its mean over queries gives it the name."""

    NAME = "MRR"
    SPELLINGS = ("mrr", "rr")
    WHOLE_RUN = True

    def library(self) -> Any:
        """``recip_rank``, without its cutoff: ir_measures hands RR@k to another scorer, which orders equal scores the
        other way round.
        """
        import ir_measures

        return ir_measures.RR

    def cut(self, value: float) -> float:
        """0 beyond the cutoff."""
        return 0.0 if self.cutoff is not None and value < 1 / self.cutoff else value

    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        """From the best rank."""
        return 1 / relevant.best(self.cutoff)


register(ReciprocalRank)
