"""What a store must keep of the queries' vectors, so that a fusion can be had from it."""

from __future__ import annotations

from enum import StrEnum


class Keep(StrEnum):
    """What is kept of the queries' vectors."""

    LANGUAGES = "languages"
    """A sum a language: any choice of languages and alpha later."""
    TOTAL = "total"
    """One sum over all languages: the smallest store; alpha can still be chosen later, languages cannot."""
    RANKS = "ranks"
    """Every query's vector by its rank: any first n queries later, at n times the size."""

    def holds(self, least: Keep) -> bool:
        """Whether a store that keeps this keeps at least the other: sums follow from vectors, a total from sums."""
        order = Keep.TOTAL, Keep.LANGUAGES, Keep.RANKS
        return order.index(self) >= order.index(least)

    @property
    def words(self) -> str:
        """What such a store holds, in words."""
        return {
            Keep.TOTAL: "one sum over all languages",
            Keep.LANGUAGES: "a sum a language",
            Keep.RANKS: "every query's vector",
        }[self]
