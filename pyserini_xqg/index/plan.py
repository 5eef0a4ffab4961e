"""What is built, read and checked once at the door: the writers take it from here and ask nobody again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.store.blocks import Block, fused_blocks
from pyserini_xqg.store.fused_store import FusedStore


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """All that an index is built by.

    :param fused: where the vectors come from; the store is whole, the recipe complete.
    :param index: what the index will say of itself, its checksums excepted: the complete recipe, the kind and its own
        settings, the numbers of passages and vectors.
    :param fusing_threads: threads that fuse.
    """

    fused: FusedStore
    index: Manifest
    fusing_threads: int

    def blocks(self) -> Iterator[Block]:
        """All vectors of the index, in the corpus's order; each call begins anew.

        :raises StoreError: the store is damaged, or a docid of views holds the delimiter.
        """
        return fused_blocks(self.fused, self.fusing_threads, self.index.view_delimiter)
