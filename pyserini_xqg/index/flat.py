"""A FAISS flat index written as a stream, so that memory does not grow with it."""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import faiss
import numpy as np

_COUNT_OFFSET = 8
"""After FAISS's four-letter mark and the 32-bit dimension."""


class FlatWriter:
    """Writes the file that ``faiss.write_index`` would write for an ``IndexFlatIP`` of these vectors.

    The head comes from FAISS itself: an empty index, serialised, with the two counts filled in at the end.

    :param path: the file to write.
    :param dimension: length of a vector.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._dimension = dimension
        self._head = bytearray(faiss.serialize_index(faiss.IndexFlatIP(dimension)).tobytes())
        self._count = 0
        self._stream: BinaryIO = path.open("wb")
        self._stream.write(self._head)

    def add(self, vectors: np.ndarray) -> None:
        """Append vectors, float32 ``[rows, dimension]``."""
        self._stream.write(memoryview(np.ascontiguousarray(vectors, dtype=np.float32)).cast("B"))
        self._count += len(vectors)

    def __enter__(self) -> FlatWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                struct.pack_into("<q", self._head, _COUNT_OFFSET, self._count)
                struct.pack_into("<Q", self._head, len(self._head) - 8, self._count * self._dimension)
                self._stream.seek(0)
                self._stream.write(self._head)
        finally:
            self._stream.close()
