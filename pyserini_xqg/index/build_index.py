"""The whole of the stage: fuse a store block by block into an index folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import faiss

from pyserini_xqg.errors import OutputError, UsageError
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import remove_leftovers, replacing_folder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index import checksums, faiss_build
from pyserini_xqg.index.cards.dense import index_card
from pyserini_xqg.index.flat import FlatWriter
from pyserini_xqg.index.lucene import LuceneOptions, check_lucene, choose_similarity, write_lucene
from pyserini_xqg.manifests.dense import Encoding, IndexKind, Manifest, Similarity, read_manifest, write_manifest
from pyserini_xqg.progress import Progress, progress
from pyserini_xqg.report.cards.markdown import CARD
from pyserini_xqg.store.blocks import VIEW_DELIMITER, Block, complete, fused_blocks, vector_numbers
from pyserini_xqg.store.meta import StoreMeta
from pyserini_xqg.store.vector_store import VectorStore

STORE_FOLDER = "store"
"""Where a late index keeps the store's own files."""


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What kind of index, and how it is built.

    :param kind: see :class:`IndexKind`.
    :param factory: FAISS's factory string with :attr:`IndexKind.FAISS_FACTORY`.
    :param hnsw_m: neighbours a node of an HNSW graph.
    :param ef_construction: candidates while an HNSW graph is built.
    :param threads: threads that add to an index in memory or to Lucene's. A graph is the same each time only with one.
    :param fusing_threads: threads that fuse; they never change the result.
    :param view_delimiter: between a docid and a view's language.
    :param allow_unequal: let a sum pass over unequal numbers of queries.
    :param quantize: let a Lucene graph compare vectors of 8-bit scalars.
    """

    kind: IndexKind = IndexKind.FAISS_FLAT
    factory: str = ""
    hnsw_m: int = 32
    ef_construction: int = 200
    threads: int = 1
    fusing_threads: int = 2
    view_delimiter: str = VIEW_DELIMITER
    allow_unequal: bool = False
    quantize: bool = False


@dataclass(frozen=True, slots=True)
class IndexResult:
    """What was done."""

    manifest: Manifest
    made: bool
    """False where the very same index was there already."""
    bytes: int


def build_index(store: VectorStore, output: Path, recipe: Recipe, options: IndexOptions) -> IndexResult:
    """Build an index folder in Pyserini's layout, with ``xqg.json`` and a card; whole or absent.

    :raises UsageError: the recipe cannot be had from this store, or FAISS does not know the factory string.
    :raises OutputError: ``output`` holds something else, or the disk is full.
    :raises StoreError: the store is damaged.
    """
    recipe = complete(store, recipe, allow_unequal=options.allow_unequal)
    if options.view_delimiter.split() != [options.view_delimiter]:
        raise UsageError(
            f"--view-delimiter is {options.view_delimiter!r}; it must be at least one character, and none of them "
            "white space"
        )
    manifest = _manifest(store, recipe, options)
    lucene = _lucene_options(manifest, options)
    with building(output):
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            there = read_manifest(output) if output.is_dir() else None
            if there is not None and there == manifest:
                return IndexResult(there, made=False, bytes=_size(output))
            raise OutputError(
                f"{output} is there already and holds something else than this index; choose another --output, or "
                "remove it"
            )
        remove_leftovers(output)
        with replacing_folder(output) as partial, progress("indexing", "vectors", manifest.vectors) as bar:
            if lucene is not None:
                found = write_lucene(store, recipe, lucene, partial, bar)
            else:
                _write_faiss(store, recipe, options, partial, bar)
                found = checksums.of_files(options.kind, partial, store.shards())
            manifest = replace(manifest, checksums=found)
            write_manifest(partial, manifest)
            write_text(partial / CARD, index_card(manifest))
    return IndexResult(manifest, made=True, bytes=_size(output))


def _lucene_options(manifest: Manifest, options: IndexOptions) -> LuceneOptions | None:
    """What Lucene is told, where it is Lucene that builds.

    :raises UsageError: it cannot build that, or ``quantize`` was asked of FAISS.
    """
    if not options.kind.is_lucene:
        if options.quantize:
            raise UsageError(
                "--quantize is for lucene-hnsw; with FAISS choose --type faiss:SQ8 or another string of its factory"
            )
        return None
    lucene = LuceneOptions(
        kind=options.kind,
        hnsw_m=options.hnsw_m,
        ef_construction=options.ef_construction,
        quantized=options.quantize,
        similarity=manifest.similarity,
        threads=options.threads,
        fusing_threads=options.fusing_threads,
        view_delimiter=options.view_delimiter,
    )
    check_lucene(lucene, manifest.dimension)
    return lucene


def _manifest(store: VectorStore, recipe: Recipe, options: IndexOptions) -> Manifest:
    meta = store.meta
    views, vectors = (1, meta.passages) if options.kind is IndexKind.LATE else vector_numbers(store, recipe)
    return Manifest(
        kind=options.kind,
        factory=options.factory,
        hnsw_m=options.hnsw_m,
        ef_construction=options.ef_construction,
        threads=options.threads,
        recipe=recipe,
        view_delimiter=options.view_delimiter,
        views=views,
        passages=meta.passages,
        vectors=vectors,
        dimension=meta.dimension,
        store=str(store.folder.resolve()),
        store_inputs=meta.inputs,
        encoder=meta.encoder,
        fingerprint=meta.fingerprint,
        precision=meta.precision,
        similarity=choose_similarity(store, recipe) if options.kind.is_lucene else Similarity.NONE,
        quantized=options.quantize,
        encoding=encoding_of(meta),
    )


def encoding_of(meta: StoreMeta) -> Encoding:
    """What an index remembers of how its store was made."""
    return Encoding(
        languages=meta.languages,
        keep=meta.keep,
        dtype=meta.dtype,
        shard_size=meta.shard_size,
        queries_as=meta.queries_as,
        sources=meta.sources,
    )


def _write_faiss(store: VectorStore, recipe: Recipe, options: IndexOptions, folder: Path, bar: Progress) -> None:
    """Whatever FAISS, or our own late search, reads."""
    if options.kind is IndexKind.LATE:
        _copy_store(store, folder)
    elif options.kind is IndexKind.FAISS_FLAT:
        _write_flat(store, recipe, options, folder, bar)
    else:
        _write_in_memory(store, recipe, options, folder, bar)


def _write_flat(store: VectorStore, recipe: Recipe, options: IndexOptions, folder: Path, bar: Progress) -> None:
    with (
        FlatWriter(folder / "index", store.meta.dimension) as writer,
        (folder / "docid").open("w", encoding="utf-8", newline="\n") as docids,
    ):
        for block in fused_blocks(store, recipe, options.fusing_threads, options.view_delimiter):
            writer.add(block.vectors)
            docids.writelines(f"{name}\n" for name in block.names)
            bar.advance(len(block.names))


def _write_in_memory(store: VectorStore, recipe: Recipe, options: IndexOptions, folder: Path, bar: Progress) -> None:
    dimension = store.meta.dimension
    if options.kind is IndexKind.FAISS_HNSW:
        index = faiss_build.hnsw(dimension, options.hnsw_m, options.ef_construction)
    else:
        index = faiss_build.from_factory(dimension, options.factory)

    def blocks() -> Iterator[Block]:
        return fused_blocks(store, recipe, options.fusing_threads, options.view_delimiter)

    faiss.omp_set_num_threads(options.threads)
    faiss_build.train(index, blocks, bar.total or 0)
    with (folder / "docid").open("w", encoding="utf-8", newline="\n") as docids:
        for block in blocks():
            index.add(block.vectors)
            docids.writelines(f"{name}\n" for name in block.names)
            bar.advance(len(block.names))
    # Through a stream of ours: where the last bytes do not fit, FAISS's own only says so on stderr, and leaves a file
    # cut short.
    with (folder / "index").open("wb") as stream:
        faiss.write_index(index, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]


def _copy_store(store: VectorStore, folder: Path) -> None:
    """Link the store's files where the file system can, else copy them: a shard is never changed once written."""
    for path in sorted(store.folder.rglob("*")):
        name = path.relative_to(store.folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            target = folder / STORE_FOLDER / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, target)
            except OSError:
                shutil.copyfile(path, target)
    with (folder / "docid").open("w", encoding="utf-8", newline="\n") as docids:
        for shard in store.shards():
            docids.writelines(f"{docid}\n" for docid in shard.docids())


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
