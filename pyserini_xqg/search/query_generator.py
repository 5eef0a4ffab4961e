"""What lets Pyserini's own ``LuceneSearcher`` search a BM25 index of ours rightly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyserini_xqg.errors import StoreError
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.sparse import read_sparse_manifest

_GENERATOR = "io.anserini.search.query.XqgQueryGenerator"


def query_generator(index: str | Path) -> Any:
    """A query generator that analyses each field's query as that field was indexed, for the ``query_generator`` of
    Pyserini's searchers.

    ``LuceneSearcher(index).search(text, fields={"contents": 1.0, "xqg_ar": 1.0},
    query_generator=query_generator(index))``

    :raises StoreError: ``index`` is not a BM25 index of ours, or was never finished.
    :raises SetupError: Java or Pyserini is missing or does not fit, or the Java bridge cannot join this process's JVM.
    """
    if read_sparse_manifest(Path(index)) is None:
        raise StoreError(
            f"{index} is not a BM25 index that `pyserini-xqg index-sparse` made: it has no xqg.json of one"
        )
    bridge.join()
    import_pyserini()
    from jnius import autoclass

    return autoclass(_GENERATOR)(str(index))
