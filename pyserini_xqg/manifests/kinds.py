"""The kinds of index of vectors, as ``xqg.json`` and ``--type`` name them, and what everyone who meets one must know.

How one is built says its file in ``index/types/``, how it is opened ``search/searchers/opened.py``. Each of them looks
at this table when it is imported, so that a kind that one of them does not know is an error there and then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STORE_FOLDER = "store"
"""Where a late index keeps the store's own files."""


class IndexEngine(StrEnum):
    """What searches an index."""

    FAISS = "faiss"
    """FAISS, from the files ``index`` and ``docid``."""
    LATE = "late"
    """Our own scan over the store in :data:`STORE_FOLDER`, fused while it is searched, in FAISS's place."""
    LUCENE = "lucene"
    """Lucene, inside the JVM."""


@dataclass(frozen=True, slots=True)
class IndexKind:
    """What kind of index lies in a folder.

    :param name: what ``xqg.json`` and ``--type`` call it.
    :param engine: what searches it.
    :param graph: whether it is a graph, with a number of neighbours and of candidates.
    :param mapped: whether its vectors can stay on disk until a search asks for them.
    :param factory: an example of the factory string that ``--type`` takes behind the name, FAISS's own; empty where it
        takes none.
    """

    name: str
    engine: IndexEngine
    graph: bool = False
    mapped: bool = False
    factory: str = ""

    def __str__(self) -> str:
        return self.name

    @property
    def is_lucene(self) -> bool:
        """Whether Lucene searches it, and not FAISS."""
        return self.engine is IndexEngine.LUCENE

    @property
    def is_late(self) -> bool:
        """Whether it is fused only when it is searched."""
        return self.engine is IndexEngine.LATE

    def spelled(self, factory: str) -> str:
        """How ``--type`` asks for it."""
        return f"{self.name}:{factory}" if self.factory else self.name


FAISS_FLAT = IndexKind("faiss-flat", IndexEngine.FAISS, mapped=True)
"""Exact search over float32 vectors."""
FAISS_HNSW = IndexKind("faiss-hnsw", IndexEngine.FAISS, graph=True)
"""A graph over float32 vectors."""
FAISS_FACTORY = IndexKind("faiss", IndexEngine.FAISS, factory="SQ8")
"""Whatever FAISS's ``index_factory`` makes of a string."""
LATE = IndexKind("late", IndexEngine.LATE)
"""Exact search with alpha, fusion and languages chosen at query time."""
LUCENE_FLAT = IndexKind("lucene-flat", IndexEngine.LUCENE)
"""Lucene's exact search over float32 vectors."""
LUCENE_HNSW = IndexKind("lucene-hnsw", IndexEngine.LUCENE, graph=True)
"""Lucene's graph over float32 vectors."""

KINDS = {kind.name: kind for kind in (FAISS_FLAT, FAISS_HNSW, FAISS_FACTORY, LATE, LUCENE_FLAT, LUCENE_HNSW)}
"""Name -> kind, in the order in which people are told of them."""


def kind_named(name: object) -> IndexKind:
    """The kind that ``xqg.json`` names.

    :raises ValueError: there is none.
    """
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(f"{name!r} is not a valid IndexKind")
    return KINDS[name]


def parse_kind(spelled: str) -> tuple[IndexKind, str] | None:
    """The kind that ``--type`` asks for, and the factory string; None where it is none."""
    name, _, factory = spelled.partition(":")
    kind = KINDS.get(name)
    return (kind, factory) if kind is not None and bool(kind.factory) == bool(factory) else None


def spellings(example: str) -> list[str]:
    """How ``--type`` asks for each kind.

    :param example: how an example is put behind one that takes a factory string, such as ``(such as {})``.
    """
    return [
        f"{kind.spelled('FACTORY')} {example.format(kind.spelled(kind.factory))}" if kind.factory else kind.name
        for kind in KINDS.values()
    ]
