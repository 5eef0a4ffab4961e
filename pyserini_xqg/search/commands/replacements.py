"""Our classes in the place of Pyserini's, for as long as one of its commands runs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from pyserini_xqg.search.commands.hybrid_flags import HybridPlan
from pyserini_xqg.search.register import ENCODER_CLASS

if TYPE_CHECKING:
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher
    from pyserini_xqg.search.searchers.opened import LateChoice


@contextmanager
def searchers_replaced(choice: LateChoice, plan: HybridPlan) -> Iterator[None]:
    """Give Pyserini's dense and hybrid commands our searchers.

    :param choice: what to do with a late index.
    :param plan: how to fuse the two sides of a hybrid search.
    """
    import pyserini.search.faiss
    import pyserini.search.faiss._searcher
    import pyserini.search.hybrid
    import pyserini.search.lucene

    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher
    from pyserini_xqg.search.searchers.dense_side import DenseSide
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher
    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher
    from pyserini_xqg.search.searchers.opened import LateChoice

    searcher: type[XqgFaissSearcher] = XqgFaissSearcher
    if choice != LateChoice():
        # Pyserini's commands make their searchers themselves, so what these shall do travels on the class.
        searcher = type("LateFaissSearcher", (XqgFaissSearcher,), {"late": choice})
    with (
        replaced(pyserini.search.faiss, "FaissSearcher", DenseSide(searcher)),
        replaced(pyserini.search.faiss._searcher, "FaissSearcher", searcher),
        replaced(pyserini.search.lucene, "LuceneSearcher", XqgLuceneSearcher),
        replaced(
            pyserini.search.hybrid,
            "HybridSearcher",
            type("PlannedHybridSearcher", (XqgHybridSearcher,), {"plan": plan}),
        ),
    ):
        yield


@contextmanager
def lucene_searchers_replaced(*, dense: bool) -> Iterator[None]:
    """Give Pyserini's Lucene command our searchers.

    :param dense: whether the index holds vectors.
    """
    import pyserini.search.lucene._hnsw_searcher
    import pyserini.search.lucene._searcher

    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

    with ExitStack() as stack:
        stack.enter_context(replaced(pyserini.search.lucene._searcher, "LuceneSearcher", XqgLuceneSearcher))
        if dense:
            from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

            for name in ("LuceneHnswDenseSearcher", "LuceneFlatDenseSearcher"):
                stack.enter_context(replaced(pyserini.search.lucene._hnsw_searcher, name, XqgLuceneDenseSearcher))
        yield


@contextmanager
def encoder_class_allowed() -> Iterator[None]:
    """Let ``--encoder-class xqg`` pass: Pyserini's choices are a literal list inside the call."""
    original = argparse.ArgumentParser.add_argument

    def add_argument(self: argparse.ArgumentParser, *names: str, **settings: Any) -> argparse.Action:
        if "--encoder-class" in names and settings.get("choices") is not None:
            settings["choices"] = [*settings["choices"], ENCODER_CLASS]
        return original(self, *names, **settings)

    with replaced(argparse.ArgumentParser, "add_argument", add_argument):
        yield


@contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give an attribute another value for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
