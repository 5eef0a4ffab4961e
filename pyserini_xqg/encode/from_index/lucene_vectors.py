"""Vectors out of a dense Lucene index, flat or a graph, as Anserini or our bridge to it wrote it.

What a quantised graph gives are its full vectors, which Lucene keeps beside the quantised ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pyserini_xqg.encode.from_index.index_vectors import IndexVectors, spread
from pyserini_xqg.errors import Location, StoreError, UsageError, first_line
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini

_DOCIDS = 4096
"""Docids that cross over from Java at a time."""


class LuceneVectors(IndexVectors):
    """A dense Lucene index, read inside this process's JVM.

    :raises StoreError: Lucene cannot read it.
    :raises UsageError: it holds no dense vectors.
    :raises SetupError: Java, Pyserini or the bridge is missing or does not fit.
    """

    kind = "Lucene index"
    exact = True

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        bridge.join()
        import_pyserini("pyserini.pyclass")
        from jnius import autoclass

        with self._failures_told():
            # From the root: Java takes relative paths from where it was started.
            self._stored = autoclass("io.github.pyserinixqg.StoredVectors").open(str(place.resolve()))
        self.dimension = int(self._stored.dimension())
        if not self.dimension:
            self.close()
            raise UsageError(
                f"--vectors {place} is a Lucene index without dense vectors; give one that Anserini or `pyserini-xqg "
                "index` made of vectors"
            )

    def names(self) -> Iterator[tuple[int, str, Location]]:
        """See :meth:`IndexVectors.names`; a document's place is its number from 1."""
        documents = int(self._stored.documents())
        for start in range(0, documents, _DOCIDS):
            with self._failures_told():
                packed = self._stored.docids(start, min(start + _DOCIDS, documents)).tostring()
            for number, docid in enumerate(packed.decode("utf-8").split("\n")[:-1], start):
                if docid:  # else it was deleted
                    yield number, docid, Location(self.place, number + 1)

    def sample(self, most: int) -> list[int]:
        """See :meth:`IndexVectors.sample`."""
        numbers = spread(int(self._stored.documents()), most)
        with self._failures_told():
            return [number for number in numbers if self._stored.docids(number, number + 1).tostring() != b"\n"]

    def vectors(self, numbers: Sequence[int]) -> np.ndarray:
        """See :meth:`IndexVectors.vectors`."""
        with self._failures_told():
            # Not bytes(…), which takes one object a byte.
            packed = self._stored.vectors(list(numbers)).tostring()
        return np.frombuffer(packed, dtype=np.float32).reshape(len(numbers), self.dimension)

    def close(self) -> None:
        """Close Lucene's files."""
        self._stored.close()

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        from jnius import JavaException

        try:
            yield
        except JavaException as error:
            reason = first_line(error).removeprefix("JVM exception occurred: ")
            raise StoreError(
                f"{self.place} cannot be read by Lucene ({reason}); fetch or build the index again"
            ) from error
