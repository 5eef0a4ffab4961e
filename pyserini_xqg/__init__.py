"""Pyserini-xqg makes any Pyserini corpus searchable in languages it isn't written in.

From Python, what the commands are made of::

    from pyserini_xqg import Recipe, VectorStore, build_index, encode, evaluate, load_encoder, open_searcher

    encoder = load_encoder("e5-small")
    encode(corpus="corpus.jsonl", queries="queries.jsonl", encoder=encoder, output="store")
    build_index(VectorStore("store"), "index", Recipe("views"))
    hits = open_searcher("index", encoder).search("…", k=10)

and what fits into Pyserini: ``register()`` makes ``xqg`` known in its encoder maps, ``OnnxQueryEncoder(folder)`` and
``OnnxDocumentEncoder(folder)`` stand wherever it takes an encoder, ``query_generator(index)`` lets its
``LuceneSearcher`` search a BM25 index of ours.

Everything is loaded at first use. What importing the package does to the process is one thing: a finder in
``sys.meta_path`` waits for Pyserini to start its JVM, chooses a Java that fits (``JAVA_HOME`` and ``PATH`` of this
process) and puts our Java classes on the class path, so that Pyserini and Anserini find them by their names; where that
fails, Pyserini goes on without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyserini_xqg.java.bridge_watch import watch

if TYPE_CHECKING:
    from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.encoder.pyserini_classes import OnnxDocumentEncoder, OnnxQueryEncoder
    from pyserini_xqg.errors import XqgError
    from pyserini_xqg.evaluate.evaluate_runs import evaluate
    from pyserini_xqg.export.resolve import load_encoder
    from pyserini_xqg.fusion.recipe import PAPER, Recipe
    from pyserini_xqg.index.build_index import IndexOptions, build_index
    from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
    from pyserini_xqg.input.topics import read_topics
    from pyserini_xqg.manifests.kinds import KINDS
    from pyserini_xqg.search.open_searcher import open_searcher
    from pyserini_xqg.search.query_generator import query_generator
    from pyserini_xqg.search.register import register
    from pyserini_xqg.search.run_topics import write_run
    from pyserini_xqg.store.vector_store import VectorStore

__all__ = [
    "KINDS",
    "PAPER",
    "EncodeOptions",
    "Encoder",
    "IndexOptions",
    "OnnxDocumentEncoder",
    "OnnxQueryEncoder",
    "Recipe",
    "SparseOptions",
    "VectorStore",
    "XqgError",
    "build_index",
    "build_sparse_index",
    "encode",
    "evaluate",
    "load_encoder",
    "open_searcher",
    "query_generator",
    "read_topics",
    "register",
    "write_run",
]

_HOMES = {
    "encode.encode_corpus": ("EncodeOptions",),
    "encoder.encoder": ("Encoder",),
    "encoder.pyserini_classes": ("OnnxDocumentEncoder", "OnnxQueryEncoder"),
    "errors": ("XqgError",),
    "export.resolve": ("load_encoder",),
    "fusion.recipe": ("PAPER", "Recipe"),
    "index.build_index": ("IndexOptions", "build_index"),
    "index.sparse": ("SparseOptions", "build_sparse_index"),
    "input.topics": ("read_topics",),
    "manifests.kinds": ("KINDS",),
    "search.open_searcher": ("open_searcher",),
    "search.query_generator": ("query_generator",),
    "search.register": ("register",),
    "search.run_topics": ("write_run",),
    "store.vector_store": ("VectorStore",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_STAGES = ("encode", "evaluate")
"""Packages that are called like functions."""

watch()


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _STAGES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
