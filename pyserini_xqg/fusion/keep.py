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
