"""``faiss:FACTORY``: whatever FAISS's ``index_factory`` makes of a string."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.index.faiss_build import from_factory
from pyserini_xqg.index.faiss_files import refuse_quantize, write_in_memory
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.kinds import FAISS_FACTORY
from pyserini_xqg.progress import Progress


def _write(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    return write_in_memory(from_factory(plan.index.dimension, plan.index.factory), plan, folder, bar)


TYPE = IndexType(FAISS_FACTORY, refuse_quantize, _write, threads_show=True)
