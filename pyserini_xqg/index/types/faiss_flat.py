"""``faiss-flat``: exact search by FAISS, written as a stream."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.index.faiss_files import DOCID, INDEX, checksums, docid_file, refuse_quantize
from pyserini_xqg.index.flat import FlatWriter
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.kinds import FAISS_FLAT
from pyserini_xqg.progress import Progress


def _write(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    with FlatWriter(folder / INDEX, plan.index.dimension) as writer, docid_file(folder) as docids:
        for block in plan.blocks():
            writer.add(block.vectors)
            docids.writelines(f"{name}\n" for name in block.names)
            bar.advance(len(block.names))
    return checksums(folder, DOCID, INDEX)


TYPE = IndexType(FAISS_FLAT, refuse_quantize, _write)
