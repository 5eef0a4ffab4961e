"""nDCG@k: discounted gain over the best possible one (Järvelin and Kekäläinen 2002, "Cumulated Gain-Based Evaluation of
IR Techniques"; trec_eval's ``ndcg_cut`` and ``ndcg``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.measures.registry import register

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks


class NormalizedGain(QrelsMeasure):
    """The sum of ``relevance / log2(1 + rank)`` over the first k, over that of the judged passages in their best order;
    0 where none is relevant.
    """

    NAME = "nDCG"
    SPELLINGS = ("ndcg",)
    WHOLE_RUN = True

    def library(self) -> Any:
        """``ndcg_cut``, or ``ndcg`` without a cutoff."""
        import ir_measures

        return ir_measures.nDCG if self.cutoff is None else ir_measures.nDCG @ self.cutoff

    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        """Gained over ideal."""
        return relevant.discounted_gains(self.cutoff) / relevant.ideal_gains(self.cutoff)


register(NormalizedGain)
