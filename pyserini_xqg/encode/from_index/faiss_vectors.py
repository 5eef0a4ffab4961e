"""Vectors out of a FAISS index in Pyserini's layout: ``index``, and ``docid`` with the name of each of its vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import faiss
import numpy as np

from pyserini_xqg.encode.from_index.index_folder import DOCID, INDEX
from pyserini_xqg.encode.from_index.index_vectors import IndexVectors, spread
from pyserini_xqg.errors import InputError, Location, StoreError, UsageError
from pyserini_xqg.files.text import numbered_lines

_FLOAT_BYTES = 4
_ENCODE_INSTEAD = "encode the corpus with --corpus instead"


class FaissVectors(IndexVectors):
    """A FAISS index, memory-mapped where FAISS can.

    Quantised vectors come out as FAISS decodes them. An index of several parts gives those by which it orders its last
    hits.

    :raises StoreError: FAISS cannot read it.
    :raises UsageError: its vectors cannot be taken out.
    """

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self._index = _read(place / INDEX)
        self.kind = type(self._index).__name__
        self.dimension = self._index.d
        self._inner = self._giving(self._index)  # belongs to the other, which must live as long
        self.exact = _keeps_all(self._inner)

    def names(self) -> Iterator[tuple[int, str, Location]]:
        """See :meth:`IndexVectors.names`."""
        path, line = self.place / DOCID, 0
        for line, text in numbered_lines(path):
            yield line - 1, text.rstrip(), Location(path, line)
        if line != self._index.ntotal:
            raise InputError(
                Location(path),
                f"has {line:,} docids, and {self.place / INDEX} {self._index.ntotal:,} vectors; they belong to "
                "different indexes or one is damaged, so fetch or build the index again",
            )

    def sample(self, most: int) -> list[int]:
        """See :meth:`IndexVectors.sample`."""
        return spread(self._index.ntotal, most)

    def vectors(self, numbers: Sequence[int]) -> np.ndarray:
        """See :meth:`IndexVectors.vectors`.

        :raises UsageError: FAISS cannot take them out of such an index.
        """
        try:
            return self._inner.reconstruct_batch(np.array(numbers, dtype=np.int64))
        except RuntimeError as error:
            raise self._refusal(_reason(error)) from error

    def close(self) -> None:
        """FAISS lets go of it when nobody uses it any more."""

    def _giving(self, index: faiss.Index) -> faiss.Index:
        """What vectors are taken out of: the index, made ready, or what a refined one keeps them in."""
        if isinstance(index, faiss.IndexRefine):
            return self._giving(faiss.downcast_index(index.refine_index))
        lists = faiss.try_extract_index_ivf(index)
        if lists is None:
            return index
        if isinstance(faiss.downcast_index(lists), faiss.IndexIVFFastScan):
            raise self._refusal("its codes are packed for fast scans")  # FAISS would crash
        try:
            lists.make_direct_map()
        except RuntimeError as error:
            raise self._refusal(_reason(error)) from error
        return index

    def _refusal(self, reason: str) -> UsageError:
        return UsageError(
            f"--vectors {self.place}: FAISS cannot take the vectors out of an {self.kind} ({reason}); {_ENCODE_INSTEAD}"
        )


def _read(path: Path) -> faiss.Index:
    try:
        return faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))
    except RuntimeError as error:
        raise StoreError(
            f"{path} cannot be read by FAISS ({_reason(error)}); fetch or build the index again"
        ) from error


def _keeps_all(index: faiss.Index) -> bool:
    """Whether vectors lie in it as float32."""
    if hasattr(index, "storage"):  # a graph keeps them in another index
        return _keeps_all(faiss.downcast_index(index.storage))
    if isinstance(index, faiss.IndexIDMap):
        return _keeps_all(faiss.downcast_index(index.index))
    return bool(getattr(index, "code_size", 0) == _FLOAT_BYTES * index.d)


def _reason(error: RuntimeError) -> str:
    """What FAISS says, without the places in its source."""
    said = str(error).strip().splitlines()[-1].rpartition("Error: ")[2]
    return said.rpartition(".cpp:")[2].partition(": ")[2] if ".cpp:" in said else said
