"""Bytes on disk of what the stages leave, as functions of what goes in: pure arithmetic over the documented layouts."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.fusion.keep import Keep

_NPY_HEAD = 128
_FAISS_HEAD = 45
_COUNT = 4
_SHARD_ENTRY = 129
_SHARD_REST = 40
_STORE_JSON = 450
_INDEX_JSON = 740
"""Bytes of JSON beside the data: nearly the same whatever the sizes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is generated, encoded and indexed.

    :param queries: a language and passage.
    :param dimension: of the encoder.
    :param docid: bytes of a docid, on average.
    :param query: bytes of a query in UTF-8, on average.
    :param shard_size: passages a shard.
    :param share: of the passages, how many have queries: `expand --sample`.
    """

    passages: int
    languages: int
    queries: float
    dimension: int
    docid: float = 8.0
    query: float = 60.0
    shard_size: int = 4096
    share: float = 1.0

    @property
    def all_queries(self) -> float:
        """Passages that have queries × languages × queries."""
        return self.passages * self.share * self.languages * self.queries

    @property
    def shards(self) -> int:
        """Shards of the store."""
        return -(-self.passages // self.shard_size)


def queries_bytes(plan: Plan) -> float:
    """The lines that `expand` writes: ``{"id": "d1", "queries": {"ar": ["…", "…"], …}}``."""
    a_language = len('"ar": [], ') + plan.queries * (plan.query + len('"", ')) - len(", ")
    return (
        plan.passages
        * plan.share
        * (len('{"id": "", "queries": {}}\n') + plan.docid + plan.languages * a_language - len(", "))
    )


def store_bytes(plan: Plan, keep: Keep, item: int = 2) -> float:
    """A vector store.

    :param item: bytes a number, 2 for float16.
    """
    matrices = 1 + {Keep.TOTAL: 1, Keep.LANGUAGES: plan.languages, Keep.RANKS: plan.languages * plan.queries}[keep]
    columns = 1 if keep is Keep.TOTAL else plan.languages
    a_passage = matrices * plan.dimension * item + columns * _COUNT + plan.docid + 1
    a_shard = (matrices + 1) * (_NPY_HEAD + _SHARD_ENTRY) + _SHARD_ENTRY + _SHARD_REST
    return plan.passages * a_passage + plan.shards * a_shard + _STORE_JSON


def index_bytes(plan: Plan, views: bool) -> float:
    """A flat index of float32: one vector a passage, or one a language under ``d1#ar``."""
    vectors = plan.passages * (plan.languages if views else 1)
    docid = plan.docid + (len("#ar") if views else 0)
    return vectors * (plan.dimension * 4 + docid + 1) + _FAISS_HEAD + _INDEX_JSON
