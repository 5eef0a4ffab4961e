"""Pyserini-xqg makes any Pyserini corpus searchable in languages it isn't written in.

From Python: ``register()`` makes ``xqg`` known in Pyserini's encoder maps; ``OnnxQueryEncoder(folder)`` and
``OnnxDocumentEncoder(folder)`` fit wherever Pyserini takes an encoder. ``query_generator(index)`` lets its
``LuceneSearcher`` search a BM25 index of ours. All are loaded at first use, so that importing the package stays quick
and starts no JVM. The JVM that Pyserini starts, or has started, finds our Java classes by their names from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.java.bridge_watch import watch

if TYPE_CHECKING:
    from pyserini_xqg.encoder.pyserini_classes import OnnxDocumentEncoder, OnnxQueryEncoder
    from pyserini_xqg.search.query_generator import query_generator
    from pyserini_xqg.search.register import register

__all__ = ["OnnxDocumentEncoder", "OnnxQueryEncoder", "query_generator", "register"]

watch()

_HOMES = {
    "register": "pyserini_xqg.search.register",
    "query_generator": "pyserini_xqg.search.query_generator",
    "OnnxQueryEncoder": "pyserini_xqg.encoder.pyserini_classes",
    "OnnxDocumentEncoder": "pyserini_xqg.encoder.pyserini_classes",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
