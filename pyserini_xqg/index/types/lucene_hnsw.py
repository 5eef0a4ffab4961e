"""``lucene-hnsw``: Lucene's graph over float32 vectors, or over 8-bit scalars beside them."""

from __future__ import annotations

from pyserini_xqg.errors import UsageError
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.lucene import check_lucene, write_lucene
from pyserini_xqg.manifests.dense import Manifest, Similarity
from pyserini_xqg.manifests.kinds import LUCENE_HNSW


def _check(index: Manifest) -> None:
    check_lucene(index)
    if index.quantized and index.similarity is not Similarity.DOT_PRODUCT:
        raise UsageError(
            "--quantize needs vectors of length one (--normalize, and an encoder that normalises): Anserini scores "
            "quantised vectors as if they were, and the order of others comes out wrong without a word"
        )


TYPE = IndexType(LUCENE_HNSW, _check, write_lucene, put_in=True)
