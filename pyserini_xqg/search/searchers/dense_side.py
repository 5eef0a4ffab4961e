"""The dense side of a hybrid search: a FAISS index or a dense Lucene one, whichever lies in the folder.

Importing this module starts the JVM, as importing Pyserini's own does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.search.same_encoder import check_encoder
from pyserini_xqg.search.searchers.faiss import XqgFaissSearcher
from pyserini_xqg.search.searchers.lucene_dense import DenseHit, XqgLuceneDenseSearcher


class LuceneDenseSide:
    """A dense Lucene index, searched as ``FaissSearcher`` is: by texts, which are encoded in Python, in batches.

    :param index_dir: the index folder.
    :param query_encoder: one of Pyserini's kind; ours encodes a batch at once.
    :raises EncoderError: the encoder is not the index's.
    :raises StoreError: the folder is damaged.
    """

    def __init__(self, index_dir: str, query_encoder: Any) -> None:
        self.query_encoder = query_encoder
        self.searcher = XqgLuceneDenseSearcher(index_dir)
        if isinstance(query_encoder, OnnxQueryEncoder):
            encoder = query_encoder.encoder
            check_encoder(Path(index_dir), self.searcher.manifest, encoder.folder, encoder.config)

    def search(self, query: str, k: int = 10) -> list[DenseHit]:
        """The k best passages of a text."""
        return self.batch_search([query], [""], k)[""]

    def batch_search(
        self, queries: list[str], q_ids: list[str], k: int = 10, threads: int = 1
    ) -> dict[str, list[DenseHit]]:
        """The k best passages of each text, by query id."""
        if hasattr(self.query_encoder, "encode_batch"):
            vectors = self.query_encoder.encode_batch(queries)
        else:
            vectors = np.stack([self.query_encoder.encode(query) for query in queries])
        return dict(zip(q_ids, self.searcher.search_vectors(vectors, k, threads), strict=True))


class DenseSide:
    """Stands where Pyserini's hybrid command expects the class ``FaissSearcher``.

    :param faiss_searcher: what FAISS indexes and prebuilt ones get.
    """

    def __init__(self, faiss_searcher: type[XqgFaissSearcher]) -> None:
        self._faiss_searcher = faiss_searcher

    def __call__(self, index_dir: str, query_encoder: Any) -> XqgFaissSearcher | LuceneDenseSide:
        """The searcher of a folder."""
        manifest = read_manifest(Path(index_dir))
        if manifest is not None and manifest.kind.is_lucene and self._faiss_searcher.late is None:
            return LuceneDenseSide(index_dir, query_encoder)
        return self._faiss_searcher(index_dir, query_encoder)

    def from_prebuilt_index(self, name: str, query_encoder: Any) -> Any:
        """One of Pyserini's own indexes."""
        return self._faiss_searcher.from_prebuilt_index(name, query_encoder)
