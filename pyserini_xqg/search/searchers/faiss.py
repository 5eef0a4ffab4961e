"""Pyserini's ``FaissSearcher`` over our index folders.

Importing this module starts the JVM, as importing Pyserini's own does; :func:`pyserini_xqg.java.jvm.prepare` must have
run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from pyserini.search.faiss import FaissSearcher

from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.search.same_encoder import check_encoder
from pyserini_xqg.search.searchers.opened import LateChoice, open_index
from pyserini_xqg.search.searchers.views import PassagesOfViews


class XqgFaissSearcher(FaissSearcher):
    """Takes index folders of ours, views and late ones included, and everybody else's as before.

    Views come back as passages, so whatever fuses runs afterwards sees passages. Flat indexes are memory-mapped.

    :raises EncoderError: the query encoder is not the one that the index was made with.
    :raises StoreError: the folder is damaged.
    """

    late: ClassVar[LateChoice | None] = None
    """What a search asks of a late index, where it differs from the index's own recipe."""

    def load_index(self, index_dir: str) -> tuple[Any, list[str]]:
        """Open the folder: something that searches like a FAISS index, and the docid of each of its numbers."""
        folder = Path(index_dir)
        manifest = read_manifest(folder)
        if manifest is None:
            if self.late is not None:
                raise UsageError(f"{folder} is not a late index; build one with `pyserini-xqg index --type late`")
            return super().load_index(index_dir)
        opened = open_index(folder, manifest, self.late)
        if isinstance(self.query_encoder, OnnxQueryEncoder):
            encoder = self.query_encoder.encoder
            check_encoder(folder, manifest, encoder.folder, encoder.config)
        return opened

    def set_hnsw_ef_search(self, ef_search: int) -> None:
        """How many candidates a search of an HNSW graph keeps.

        :raises UsageError: the index is no such graph.
        """
        index = self.index.index if isinstance(self.index, PassagesOfViews) else self.index
        if not hasattr(index, "hnsw"):
            raise UsageError("--ef-search is for HNSW graphs, and this index is none; leave it out")
        index.hnsw.efSearch = ef_search
