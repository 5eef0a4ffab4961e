"""The checksums of an index whose files are never the same twice."""

from __future__ import annotations

import hashlib

from pyserini_xqg.store.blocks import Block


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
