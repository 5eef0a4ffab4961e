"""One door to every index that this project makes, for Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import MANIFEST, read_manifest
from pyserini_xqg.manifests.sparse import read_sparse_manifest

if TYPE_CHECKING:
    from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher
    from pyserini_xqg.search.searchers.dense_side import LuceneDenseSide
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher


def open_searcher(
    index: str | Path, encoder: Encoder | None = None
) -> XqgFaissSearcher | LuceneDenseSide | XqgLuceneSearcher:
    """Open an index folder of `index` or `index-sparse` with the searcher that it needs, one with Pyserini's methods:
    ``search(text, k=10)`` gives hits with ``docid`` and ``score``, ``batch_search(texts, qids, k, threads)`` a list of
    them for each query id. Views come back as passages, scores are inner products (BM25's for a BM25 index).

    Starts the JVM, since importing Pyserini does.

    :param encoder: what embeds queries, the one that the index was made with; a BM25 index needs none.
    :raises StoreError: there is no index of ours in the folder, or it is damaged.
    :raises EncoderError: the encoder is not the index's.
    :raises UsageError: the index holds vectors and no encoder is given.
    :raises SetupError: Java or Pyserini is missing or does not fit.
    """
    folder = Path(index)
    sparse = read_sparse_manifest(folder)
    manifest = read_manifest(folder) if sparse is None else None
    if sparse is None and manifest is None:
        raise StoreError(f"{folder} is no index of ours: it has no {MANIFEST}; Pyserini's own searchers open others")
    if manifest is not None and encoder is None:
        raise UsageError(f"{folder} holds vectors; give the encoder that it was made with, {manifest.encoder}")
    import_pyserini("pyserini.search.faiss")
    if encoder is None or sparse is not None:
        from pyserini_xqg.search.searchers.bm25 import XqgLuceneSearcher

        return XqgLuceneSearcher(str(folder))
    from pyserini_xqg.search.searchers.dense_side import DenseSide
    from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher

    return DenseSide(XqgFaissSearcher)(str(folder), OnnxQueryEncoder.of(encoder))
