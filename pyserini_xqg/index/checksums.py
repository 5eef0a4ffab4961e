"""The checksums that ``xqg.json`` keeps, by which a rebuilt index is known to be the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.manifests.dense import IndexKind
from pyserini_xqg.store.blocks import Block
from pyserini_xqg.store.shard import Shard


def of_files(kind: IndexKind, folder: Path, shards: Iterator[Shard]) -> dict[str, str]:
    """What lies in the folder of an index that FAISS searches.

    :param shards: the store's, whose own checksums stand for a late index, which is made of them.
    """
    docid = {"docid": sha256(folder / "docid")}
    if kind is not IndexKind.LATE:
        return {**docid, "index": sha256(folder / "index")}
    digest = hashlib.sha256()
    for shard in shards:
        digest.update(f"{shard.checksum}\n".encode())
    return {**docid, "shards": digest.hexdigest()}


class ContentChecksums:
    """Taken of what goes into a Lucene index, since its files hold random identifiers and the time."""

    def __init__(self) -> None:
        self._names = hashlib.sha256()
        self._vectors = hashlib.sha256()

    def add(self, block: Block) -> None:
        """Take note of a block."""
        self._names.update("".join(f"{name}\n" for name in block.names).encode())
        self._vectors.update(memoryview(block.vectors).cast("B"))

    def result(self) -> dict[str, str]:
        """The checksums of all blocks so far."""
        return {"docid": self._names.hexdigest(), "vectors": self._vectors.hexdigest()}
