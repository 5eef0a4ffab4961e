"""``lucene-flat``: Lucene's exact search over float32 vectors."""

from __future__ import annotations

from pyserini_xqg.errors import UsageError
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.lucene import check_lucene, write_lucene
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.manifests.kinds import LUCENE_FLAT


def _check(index: Manifest) -> None:
    check_lucene(index)
    if index.quantized:
        raise UsageError(
            "--quantize is for lucene-hnsw: Anserini's flat search reads the full vectors all the same, so that a "
            "flat index would only grow"
        )


TYPE = IndexType(LUCENE_FLAT, _check, write_lucene, put_in=True)
