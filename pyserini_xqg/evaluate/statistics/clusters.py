"""Which queries belong together when samples are drawn: pure arithmetic.

Questions about one passage are not independent of each other, nor are a question's translations; drawing queries one by
one would make intervals too narrow. So clusters of queries are drawn, over all languages at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Resample(StrEnum):
    """What is drawn in the bootstrap."""

    PASSAGES = "passages"
    """Relevant passages, each with all queries that it answers in any language. Queries that share a relevant passage
    belong together, and so do those that are linked through others: clusters never share a passage. A query without a
    relevant passage is a cluster of its own."""
    QUERIES = "queries"
    """Query ids; the same id in several languages is one query and its translations, and goes together."""


type Clusters = Mapping[str, Mapping[str, int]]
"""Language -> query id -> the number of its cluster, from 0. None in its place makes every query id a cluster, over all
languages.
"""


def clusters_of(judgments: Mapping[str, Mapping[str, Mapping[str, int]]], resample: Resample) -> Clusters:
    """Put the queries of all languages into clusters, numbered in the order in which they first appear.

    :param judgments: language -> query id -> docid -> relevance, relevant from 1 on.
    """
    heads = _Heads()
    keys: dict[str, dict[str, str]] = {}
    for code, queries in judgments.items():
        keys[code] = {
            qid: f"query {qid}" if resample is Resample.QUERIES else _by_passage(heads, code, qid, found)
            for qid, found in queries.items()
        }
    numbers: dict[str, int] = {}
    return {
        code: {qid: numbers.setdefault(heads.of(key), len(numbers)) for qid, key in queries.items()}
        for code, queries in keys.items()
    }


def _by_passage(heads: _Heads, code: str, qid: str, documents: Mapping[str, int]) -> str:
    relevant = [docid for docid, relevance in documents.items() if relevance > 0]
    for docid in relevant[1:]:
        heads.join(f"passage {relevant[0]}", f"passage {docid}")
    return f"passage {relevant[0]}" if relevant else f"query {qid} in {code}"


class _Heads:
    """Disjoint sets: every member leads to the head of its set (Galler and Fischer 1964)."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def of(self, member: str) -> str:
        while (above := self._above.get(member, member)) != member:
            self._above[member] = self._above.get(above, above)  # shorten the way for the next one
            member = above
        return member

    def join(self, one: str, other: str) -> None:
        self._above[self.of(other)] = self.of(one)
