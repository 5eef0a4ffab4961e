"""Anserini's own ways of bringing vectors into Lucene, run in this process's JVM, and its searchers over vectors."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.java.jvm import import_pyserini
from pyserini_xqg.manifests.kinds import LUCENE_FLAT, LUCENE_HNSW, IndexKind
from pyserini_xqg.store.blocks import Block, fused_blocks
from pyserini_xqg.store.fused_store import FusedStore

_INDEXERS = {LUCENE_FLAT: "IndexFlatDenseVectors", LUCENE_HNSW: "IndexHnswDenseVectors"}
_SEARCHERS = {LUCENE_FLAT: "FlatDenseSearcher", LUCENE_HNSW: "HnswDenseSearcher"}


class Format(Enum):
    """A format of vectors that Anserini reads, and the class that reads it."""

    JSONL = "JsonDenseVectorCollection"
    PARQUET = "ParquetDenseVectorCollection"


def write_vectors(form: Format, fused: FusedStore, folder: Path, files: int) -> None:
    """Write a store's fused vectors for Anserini, which gives each of its threads whole files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write = _write_jsonl if form is Format.JSONL else _write_parquet
    blocks = list(fused_blocks(fused, files))
    for number in range(files):
        write(folder / f"part-{number}", iter(blocks[number::files]))


def _write_jsonl(path: Path, blocks: Iterator[Block]) -> None:
    with path.with_suffix(".jsonl").open("w", encoding="utf-8") as stream:
        for block in blocks:
            for name, vector in zip(block.names, block.vectors.tolist(), strict=True):
                stream.write(json.dumps({"docid": name, "vector": vector}) + "\n")


def _write_parquet(path: Path, blocks: Iterator[Block]) -> None:
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema([("docid", pyarrow.string()), ("vector", pyarrow.list_(pyarrow.float32()))])
    with pyarrow.parquet.ParquetWriter(path.with_suffix(".parquet"), schema) as writer:
        for block in blocks:
            rows, width = block.vectors.shape
            offsets = pyarrow.array(np.arange(0, rows * width + 1, width, dtype=np.int32))
            vectors = pyarrow.ListArray.from_arrays(offsets, pyarrow.array(block.vectors.ravel()))
            writer.write_table(pyarrow.table([pyarrow.array(block.names), vectors], schema=schema))


def index_stock(form: Format, kind: IndexKind, vectors: Path, output: Path, threads: int) -> None:
    """Index written vectors with Anserini alone, its settings as they are."""
    shutil.rmtree(output, ignore_errors=True)
    autoclass = _autoclass()
    arguments = autoclass(f"io.anserini.index.{_INDEXERS[kind]}$Args")()
    arguments.collectionClass, arguments.generatorClass = form.value, "DenseVectorDocumentGenerator"
    arguments.input, arguments.index, arguments.threads, arguments.quiet = str(vectors), str(output), threads, True
    autoclass(f"io.anserini.index.{_INDEXERS[kind]}")(arguments).run()


def search(kind: IndexKind, index: Path, queries: np.ndarray, hits: int) -> list[list[tuple[str, float]]]:
    """Docids and Lucene's scores of the best ``hits`` documents for each query, float32 ``[queries, dimension]``."""
    autoclass = _autoclass()
    arguments = autoclass(f"io.anserini.search.{_SEARCHERS[kind]}$Args")()
    arguments.index = str(index)
    with closing(autoclass(f"io.anserini.search.{_SEARCHERS[kind]}")(arguments)) as searcher:
        return [[(hit.docid, hit.score) for hit in searcher.search(query, hits)] for query in queries.tolist()]


def _autoclass() -> Any:
    import_pyserini("pyserini.pyclass")
    from jnius import autoclass

    return autoclass
