"""Success@k: 1 where a relevant passage is among the first k (trec_eval's ``success``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.measures.registry import register

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks


class Success(QrelsMeasure):
    """Whether any relevant passage is among the first k."""

    NAME = "Success"
    SPELLINGS = ("success",)

    def library(self) -> Any:
        """``success``."""
        import ir_measures

        return ir_measures.Success @ self.cutoff

    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        """Counted."""
        return (relevant.counts(self.cutoff) > 0).astype(float)


register(Success)
