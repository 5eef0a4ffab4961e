"""Lucene indexes of vectors, written by Anserini's own indexers in this process's JVM, which fused blocks reach through
memory.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.errors import OutputError, StoreError, UsageError
from pyserini_xqg.index.checksums import ContentChecksums
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.progress import Progress
from pyserini_xqg.store.blocks import Block

COLLECTION = "XqgVectorCollection"
GENERATOR = "XqgVectorDocumentGenerator"
SIMILARITY_PROPERTY = "xqg.similarity"
_MOST_DIMENSIONS = 4096
"""Anserini's formats take no more."""
_MOST_NEIGHBOURS, _MOST_CANDIDATES = 512, 3200
"""Lucene's graphs take no more."""
_BUFFER_MIB = 16, 4096
"""Least and most of Lucene's buffer; the most is Anserini's default."""


def check_lucene(index: Manifest) -> None:
    """See that Lucene can build it.

    :raises UsageError: it cannot.
    """
    if index.dimension > _MOST_DIMENSIONS:
        raise UsageError(
            f"Anserini indexes at most {_MOST_DIMENSIONS:,} dimensions, these vectors have {index.dimension:,}; use "
            "--type faiss-flat"
        )
    if not 1 <= index.hnsw_m <= _MOST_NEIGHBOURS:
        raise UsageError(f"--hnsw-m is {index.hnsw_m}; Lucene takes 1 to {_MOST_NEIGHBOURS}")
    if not 1 <= index.ef_construction <= _MOST_CANDIDATES:
        raise UsageError(f"--ef-construction is {index.ef_construction}; Lucene takes 1 to {_MOST_CANDIDATES}")
    if index.threads < 1:
        raise UsageError(f"--threads is {index.threads}; it must be at least 1")


def write_lucene(plan: IndexPlan, folder: Path, bar: Progress) -> dict[str, str]:
    """Index a store into an empty folder: into a graph or not, as its kind says.

    :returns: checksums of what was put in.
    :raises StoreError: the store is damaged, or a fused vector is not finite.
    :raises OutputError: Lucene could not write everything.
    :raises SetupError: Java, Pyserini or the bridge is missing or does not fit.
    """
    index = plan.index
    bridge.join()
    import_pyserini("pyserini.pyclass")
    bridge.set_property(SIMILARITY_PROPERTY, index.similarity.upper())
    checksums = ContentChecksums()
    with _feed(folder, index.dimension, index.threads) as feed:
        run = _IndexerRun(_indexer(folder, index), feed)
        thread = threading.Thread(target=run.work, name="lucene")
        thread.start()
        try:
            for block in plan.blocks():
                _check_finite(block)
                if run.refused() or not feed.put("\n".join(block.names).encode(), block.vectors.tobytes()):
                    break
                checksums.add(block)
                bar.advance(len(block.names))
        finally:
            feed.end()
            thread.join()
    run.check(folder, index.vectors)
    return checksums.result()


@contextmanager
def _feed(folder: Path, dimension: int, threads: int) -> Iterator[Any]:
    from jnius import autoclass

    feed = autoclass("io.github.pyserinixqg.VectorFeed").open(str(folder), dimension, threads)
    try:
        yield feed
    finally:
        feed.close()


def _indexer(folder: Path, index: Manifest) -> Any:
    """Anserini's indexer over the open feed of ``folder``."""
    from jnius import autoclass

    name = "IndexHnswDenseVectors" if index.kind.graph else "IndexFlatDenseVectors"
    arguments = autoclass(f"io.anserini.index.{name}$Args")()
    arguments.collectionClass = COLLECTION
    arguments.generatorClass = GENERATOR
    arguments.input = arguments.index = str(folder)
    arguments.threads = index.threads
    arguments.quantizeSQV = index.quantized
    arguments.quiet = True  # it announces itself and its settings on the console; what goes wrong is looked for below
    # While one buffer is written out another fills, and the graphs take room of their own.
    least, most = _BUFFER_MIB
    arguments.memoryBuffer = max(
        least, min(most, autoclass("java.lang.Runtime").getRuntime().maxMemory() // 2**20 // 4)
    )
    if index.kind.graph:
        arguments.M = index.hnsw_m
        arguments.efC = index.ef_construction
    return autoclass(f"io.anserini.index.{name}")(arguments)


@dataclass(slots=True)
class _IndexerRun:
    """One run of Anserini's indexer, in a thread of its own."""

    indexer: Any
    feed: Any
    failures: list[BaseException] = field(default_factory=list)

    def work(self) -> None:
        import jnius

        try:
            self.indexer.run()
        except BaseException as error:
            self.failures.append(error)
        finally:
            self.feed.end()  # with nobody left to read, nothing more may be waited for
            jnius.detach()

    def refused(self) -> int:
        """How many documents Lucene has refused; Anserini counts them and goes on."""
        return int(self.indexer.getCounters().errors.get())

    def check(self, folder: Path, vectors: int) -> None:
        """See that everything is in the index and on disk.

        :raises OutputError: it is not.
        """
        there = _documents(folder)
        if self.failures or self.refused() or there != vectors:
            tragedy = self.indexer.writer.getTragicException()
            reason = (
                tragedy.toString()
                if tragedy is not None
                else "; ".join(map(str, self.failures)) or f"{there:,} of {vectors:,} vectors are in it"
            )
            raise OutputError(
                f"the Lucene index could not be written beside its place in {folder.parent} "
                f"({reason.splitlines()[0]}); nothing was changed there, so free some space or choose another --output "
                "and run the same command again"
            )


def _documents(folder: Path) -> int:
    """Documents of the last commit, 0 where there is none."""
    from jnius import JavaException, autoclass

    try:
        directory = autoclass("org.apache.lucene.store.FSDirectory").open(
            autoclass("java.nio.file.Path").of(str(folder))
        )
        reader = autoclass("org.apache.lucene.index.DirectoryReader").open(directory)
        try:
            return int(reader.numDocs())
        finally:
            reader.close()
    except JavaException:
        return 0


def _check_finite(block: Block) -> None:
    if not np.isfinite(block.vectors).all():
        row = int(np.flatnonzero(~np.isfinite(block.vectors).all(axis=1))[0])
        raise StoreError(
            f"the fused vector of {block.names[row]!r} is not finite, so that its score would mean nothing; encode "
            "again"
        )
