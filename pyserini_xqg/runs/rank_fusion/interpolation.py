"""Interpolation of scores: the sum of ``weight * score``; a passage that a ranking lacks gets nothing from it.

That is Fox and Shaw's CombSUM (TREC-2, 1994) with weights; a topic's scores are brought to 0 … 1 before, since those of
different systems cannot be compared (Lee, SIGIR 1997).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.runs.rank_fusion.method import MethodSetting, RankFusionMethod

if TYPE_CHECKING:
    from pyserini.trectools import TrecRun


class Scaling(StrEnum):
    """What happens to scores before they are interpolated."""

    MIN_MAX = "min-max"
    """A topic's best score becomes 1, its worst 0; where all are equal, 1."""
    NONE = "none"
    """They stay as they are: right only where all rankings' scores are of one kind, and above 0."""


@dataclass(frozen=True, slots=True)
class Interpolation(RankFusionMethod):
    """A weighted sum of scores."""

    name: ClassVar = "interpolation"
    words: ClassVar = "scores"
    by_default: ClassVar = "scores scaled to 0 … 1 for each topic"
    settings: ClassVar = (
        MethodSetting(
            field="scaling",
            flags=("--normalize",),
            kind=Scaling,
            choices=tuple(scaling.value for scaling in Scaling),
            words="scores of a topic before interpolation (default: min-max)",
            in_hybrid=False,
        ),
    )

    scaling: Scaling = Scaling.MIN_MAX

    def equal_weight(self, rankings: int) -> float:
        """Weights that sum to 1."""
        return 1.0 / rankings

    def parts(self, documents: Mapping[str, float]) -> dict[str, float]:
        """The scores, scaled."""
        if self.scaling is Scaling.NONE or not documents:
            return dict(documents)
        low, high = min(documents.values()), max(documents.values())
        return {docid: (score - low) / (high - low) if high > low else 1.0 for docid, score in documents.items()}

    def rescore(self, run: TrecRun) -> None:
        """Pyserini's own scaling."""
        from pyserini.trectools import RescoreMethod

        if self.scaling is Scaling.MIN_MAX:
            run.rescore(RescoreMethod.NORMALIZE)
