"""``late``: the store's own files, fused when they are searched."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from pyserini_xqg.index.faiss_files import DOCID, checksums, docid_file, refuse_quantize
from pyserini_xqg.index.index_type import IndexType
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.manifests.kinds import LATE, STORE_FOLDER
from pyserini_xqg.progress import Progress


def _write(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    """The shards' own checksums stand for the index, which is made of them."""
    _copy(plan.fused.store.folder, folder / STORE_FOLDER)
    digest = hashlib.sha256()
    with docid_file(folder) as docids:
        for shard in plan.fused.store.shards():
            docids.writelines(f"{docid}\n" for docid in shard.docids())
            digest.update(f"{shard.checksum}\n".encode())
    return {**checksums(folder, DOCID), "shards": digest.hexdigest()}


def _copy(store: Path, folder: Path) -> None:
    """Link the store's files where the file system can, else copy them: a shard is never changed once written."""
    for path in sorted(store.rglob("*")):
        name = path.relative_to(store)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, target)
            except OSError:
                shutil.copyfile(path, target)


TYPE = IndexType(LATE, refuse_quantize, _write)
