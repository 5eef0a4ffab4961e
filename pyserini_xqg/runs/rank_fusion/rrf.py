"""Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): the sum of ``weight / (k + rank)``.

The weights are the usual extension.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.errors import UsageError
from pyserini_xqg.runs.rank_fusion.method import MethodSetting, RankFusionMethod
from pyserini_xqg.runs.rankings import best_first

if TYPE_CHECKING:
    from pyserini.trectools import TrecRun

RRF_K = 60


@dataclass(frozen=True, slots=True)
class ReciprocalRanks(RankFusionMethod):
    """Reciprocal rank fusion.

    :param k: at least 0; the larger, the less the first ranks count.
    :raises UsageError: ``k`` is below 0.
    """

    name: ClassVar = "rrf"
    words: ClassVar = "reciprocal ranks"
    by_default: ClassVar = words
    settings: ClassVar = (
        MethodSetting(
            field="k",
            flags=("--rrf-k", "--rrf.k"),
            kind=int,
            metavar="K",
            words=f"the k of reciprocal ranks (default: {RRF_K})",
            in_hybrid=True,
        ),
    )
    refusals: ClassVar = {
        "--normalize": "--normalize is about scores, and reciprocal ranks use none; leave it out, or take --method "
        "interpolation"
    }

    k: int = RRF_K

    def __post_init__(self) -> None:
        if self.k < 0:
            raise UsageError(f"the k of reciprocal ranks is {self.k}; it must be at least 0")

    def equal_weight(self, rankings: int) -> float:
        """1, as Pyserini has it."""
        return 1.0

    def parts(self, documents: Mapping[str, float]) -> dict[str, float]:
        """``1 / (k + rank)``."""
        return {docid: 1 / (self.k + rank) for rank, (docid, _) in enumerate(best_first(documents), 1)}

    def rescore(self, run: TrecRun) -> None:
        """Pyserini's own ``1 / (k + rank)``."""
        from pyserini.trectools import RescoreMethod

        run.rescore(RescoreMethod.RRF, rrf_k=self.k)
