"""Which of a query's hits are taken for hard negatives. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError


class Miner(StrEnum):
    """What finds hard negatives."""

    BM25 = "bm25"
    DENSE = "dense"
    """The base model."""


@dataclass(frozen=True, slots=True)
class Mining:
    """How hard negatives are found.

    :param miners: what finds them; BM25 first, because a JVM takes the bridge when it starts and never again.
    :param depth: hits that are looked at, a query and miner.
    :param number: negatives that are kept, a query and miner, best first.
    :param margin: a passage is left out where its score exceeds this share of the positive passage's, since it may
        answer the query as well; None to keep it. The rule "TopK-PercPos", 0.95, of Moreira et al. 2024 (arXiv
        2407.15831, NV-Retriever).
    :param language: the passages' language, for BM25.
    """

    miners: tuple[Miner, ...]
    depth: int = 100
    number: int = 30
    margin: float | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        for flag, value in (("--mine-depth", self.depth), ("--mine-number", self.number)):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if self.margin is not None and not self.margin > 0:
            raise UsageError(f"--mine-margin is {self.margin}; it must be above 0, such as 0.95")


@dataclass(frozen=True, slots=True)
class MinedHit:
    """A passage that was found.

    :param number: its number in the mining corpus.
    """

    number: int
    score: float


def chosen(hits: Sequence[MinedHit], relevant: set[int], mining: Mining) -> list[MinedHit]:
    """The hits that are kept as negatives, best first: never a relevant one.

    With a margin and no relevant passage among the hits, none is kept, because all of them outdo it.
    """
    own = max((hit.score for hit in hits if hit.number in relevant), default=None)
    others = [hit for hit in hits if hit.number not in relevant]
    if mining.margin is not None:
        others = [hit for hit in others if own is not None and hit.score <= own - (1 - mining.margin) * abs(own)]
    return others[: mining.number]
