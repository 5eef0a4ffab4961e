"""``faiss-hnsw``: FAISS's graph over float32 vectors."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.index.faiss_build import hnsw
from pyserini_xqg.index.faiss_files import refuse_quantize, write_in_memory
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.kinds import FAISS_HNSW
from pyserini_xqg.progress import Progress


def _write(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    index = plan.index
    return write_in_memory(hnsw(index.dimension, index.hnsw_m, index.ef_construction), plan, folder, bar)


TYPE = IndexType(FAISS_HNSW, refuse_quantize, _write, threads_show=True)
