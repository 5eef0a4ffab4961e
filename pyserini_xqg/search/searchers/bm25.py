"""Pyserini's ``LuceneSearcher`` over BM25 indexes with a field a language.

Importing this module starts the JVM, as importing Pyserini's own does; :func:`pyserini_xqg.java.jvm.import_pyserini`
must have run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyserini.search.lucene import LuceneSearcher

from pyserini_xqg.errors import StoreError
from pyserini_xqg.manifests.sparse import read_sparse_manifest
from pyserini_xqg.search.query_generator import query_generator
from pyserini_xqg.search.searchers.fields import choose_fields


class XqgLuceneSearcher(LuceneSearcher):
    """Takes BM25 indexes of ours, and everybody else's as before.

    Where a search names no fields, all fields of an index of ours count alike.

    :raises StoreError: the index is damaged, was never finished, or holds more or fewer passages than it was built
        with.
    """

    def __init__(self, index_dir: str, *others: Any, **more: Any) -> None:
        self.manifest = read_sparse_manifest(Path(index_dir))
        super().__init__(index_dir, *others, **more)
        if self.manifest is None:
            return
        if self.num_docs != self.manifest.passages:
            raise StoreError(
                f"{index_dir} holds {self.num_docs:,} passages and was built with {self.manifest.passages:,}; build "
                "the index again"
            )
        self._generator = query_generator(Path(index_dir))

    def search(
        self,
        q: Any,
        k: int = 10,
        query_generator: Any = None,
        fields: Mapping[str, float] = {},
        strip_segment_id: bool = False,
        remove_dups: bool = False,
    ) -> list[Any]:
        """As Pyserini's; a text is analysed for each field as the field was indexed.

        :raises UsageError: a field that the index has not.
        """
        if self.manifest is not None and isinstance(q, str):
            fields, query_generator = self._choose(fields), query_generator or self._generator
        return super().search(q, k, query_generator, fields, strip_segment_id, remove_dups)

    def batch_search(
        self,
        queries: list[str],
        qids: list[str],
        k: int = 10,
        threads: int = 1,
        query_generator: Any = None,
        fields: Mapping[str, float] = {},
    ) -> dict[str, list[Any]]:
        """As Pyserini's, with :meth:`search`'s difference."""
        if self.manifest is not None:
            fields, query_generator = self._choose(fields), query_generator or self._generator
        return super().batch_search(queries, qids, k, threads, query_generator, fields)

    def _choose(self, fields: Mapping[str, float]) -> dict[str, float]:
        assert self.manifest is not None
        return choose_fields(self.manifest, {name: float(weight) for name, weight in fields.items()})
