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
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.checksums import ContentChecksums
from pyserini_xqg.java import bridge
from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.dense import IndexKind, Similarity
from pyserini_xqg.progress import Progress
from pyserini_xqg.store.blocks import Block, fused_blocks
from pyserini_xqg.store.vector_store import VectorStore

COLLECTION = "XqgVectorCollection"
GENERATOR = "XqgVectorDocumentGenerator"
SIMILARITY_PROPERTY = "xqg.similarity"
_MOST_DIMENSIONS = 4096
"""Anserini's formats take no more."""
_MOST_NEIGHBOURS, _MOST_CANDIDATES = 512, 3200
"""Lucene's graphs take no more."""
_BUFFER_MIB = 16, 4096
"""Least and most of Lucene's buffer; the most is Anserini's default."""
_UNIT_TOLERANCE = 1e-2
"""How far from 1 the length of a normalised vector may be that was stored as float16."""
_SAMPLE = 4096
"""Passages whose lengths are looked at."""


@dataclass(frozen=True, slots=True)
class LuceneOptions:
    """How a Lucene index of vectors is built.

    :param kind: :attr:`IndexKind.LUCENE_FLAT` or :attr:`IndexKind.LUCENE_HNSW`.
    :param hnsw_m: neighbours a node.
    :param ef_construction: candidates while the graph is built.
    :param quantized: keep vectors as scalars of 8 bits beside the full ones, for the graph.
    :param threads: Lucene's threads.
    :param fusing_threads: threads that fuse.
    """

    kind: IndexKind
    hnsw_m: int
    ef_construction: int
    quantized: bool
    similarity: Similarity
    threads: int
    fusing_threads: int
    view_delimiter: str


def choose_similarity(store: VectorStore, recipe: Recipe) -> Similarity:
    """The similarity under which Lucene's scores are exact inner products.

    DOT_PRODUCT asks for length one on both sides: the recipe sees to the vectors, and the encoder that made passages of
    length one makes such queries too. Anything else gets MAXIMUM_INNER_PRODUCT.
    """
    if not recipe.normalize:
        return Similarity.MAXIMUM_INNER_PRODUCT
    passages = next(store.shards()).passages()[:_SAMPLE].astype(np.float32)
    lengths = np.sqrt(np.vecdot(passages, passages))
    return (
        Similarity.DOT_PRODUCT if (np.abs(lengths - 1.0) < _UNIT_TOLERANCE).all() else Similarity.MAXIMUM_INNER_PRODUCT
    )


def check_lucene(options: LuceneOptions, dimension: int) -> None:
    """See that Lucene can build it, and that what it builds is right.

    :raises UsageError: it cannot, or it would be wrong.
    """
    if dimension > _MOST_DIMENSIONS:
        raise UsageError(
            f"Anserini indexes at most {_MOST_DIMENSIONS:,} dimensions, these vectors have {dimension:,}; use --type "
            "faiss-flat"
        )
    if not 1 <= options.hnsw_m <= _MOST_NEIGHBOURS:
        raise UsageError(f"--hnsw-m is {options.hnsw_m}; Lucene takes 1 to {_MOST_NEIGHBOURS}")
    if not 1 <= options.ef_construction <= _MOST_CANDIDATES:
        raise UsageError(f"--ef-construction is {options.ef_construction}; Lucene takes 1 to {_MOST_CANDIDATES}")
    if options.threads < 1:
        raise UsageError(f"--threads is {options.threads}; it must be at least 1")
    if options.quantized and options.kind is IndexKind.LUCENE_FLAT:
        raise UsageError(
            "--quantize is for lucene-hnsw: Anserini's flat search reads the full vectors all the same, so that a "
            "flat index would only grow"
        )
    if options.quantized and options.similarity is not Similarity.DOT_PRODUCT:
        raise UsageError(
            "--quantize needs vectors of length one (--normalize, and an encoder that normalises): Anserini scores "
            "quantised vectors as if they "
            "were, and the order of others comes out wrong without a word"
        )


def write_lucene(
    store: VectorStore, recipe: Recipe, options: LuceneOptions, folder: Path, bar: Progress
) -> dict[str, str]:
    """Index a store into an empty folder.

    :param bar: knows how many vectors there will be.
    :returns: checksums of what was put in.
    :raises StoreError: the store is damaged, or a fused vector is not finite.
    :raises OutputError: Lucene could not write everything.
    :raises SetupError: Java, Pyserini or the bridge is missing or does not fit.
    """
    bridge.join()
    import_pyserini("pyserini.pyclass")
    bridge.set_property(SIMILARITY_PROPERTY, options.similarity.upper())
    checksums = ContentChecksums()
    with _feed(folder, store.meta.dimension, options.threads) as feed:
        run = _IndexerRun(_indexer(folder, options), feed)
        thread = threading.Thread(target=run.work, name="lucene")
        thread.start()
        try:
            for block in fused_blocks(store, recipe, options.fusing_threads, options.view_delimiter):
                _check_finite(block)
                if run.refused() or not feed.put("\n".join(block.names).encode(), block.vectors.tobytes()):
                    break
                checksums.add(block)
                bar.advance(len(block.names))
        finally:
            feed.end()
            thread.join()
    run.check(folder, bar.total or 0)
    return checksums.result()


@contextmanager
def _feed(folder: Path, dimension: int, threads: int) -> Iterator[Any]:
    from jnius import autoclass

    feed = autoclass("io.github.pyserinixqg.VectorFeed").open(str(folder), dimension, threads)
    try:
        yield feed
    finally:
        feed.close()


def _indexer(folder: Path, options: LuceneOptions) -> Any:
    """Anserini's indexer over the open feed of ``folder``."""
    from jnius import autoclass

    name = "IndexHnswDenseVectors" if options.kind is IndexKind.LUCENE_HNSW else "IndexFlatDenseVectors"
    arguments = autoclass(f"io.anserini.index.{name}$Args")()
    arguments.collectionClass = COLLECTION
    arguments.generatorClass = GENERATOR
    arguments.input = arguments.index = str(folder)
    arguments.threads = options.threads
    arguments.quantizeSQV = options.quantized
    arguments.quiet = True  # it announces itself and its settings on the console; what goes wrong is looked for below
    # While one buffer is written out another fills, and the graphs take room of their own.
    least, most = _BUFFER_MIB
    arguments.memoryBuffer = max(
        least, min(most, autoclass("java.lang.Runtime").getRuntime().maxMemory() // 2**20 // 4)
    )
    if options.kind is IndexKind.LUCENE_HNSW:
        arguments.M = options.hnsw_m
        arguments.efC = options.ef_construction
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
                f"({reason.splitlines()[0]}); nothing was changed there, so free "
                "some space or choose another --output and run the same command again"
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
