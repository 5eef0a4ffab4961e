"""R@k: the share of the relevant passages that are among the first k (trec_eval's ``recall``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.evaluate.scoring.measures.over_qrels import QrelsMeasure
from pyserini_xqg.evaluate.scoring.measures.registry import register

if TYPE_CHECKING:
    import numpy as np

    from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks


class Recall(QrelsMeasure):
    """The relevant passages among the first k over all relevant ones; 0 where there are none."""

    NAME = "R"
    SPELLINGS = ("r", "recall")

    def library(self) -> Any:
        """``recall``."""
        import ir_measures

        return ir_measures.R @ self.cutoff

    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        """Counted."""
        return relevant.counts(self.cutoff) / relevant.numbers.clip(1)


register(Recall)
