"""An index of ours of whatever kind, opened to be asked by vectors, and the store that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.inspection.scan import ScannedPassage
from pyserini_xqg.manifests.dense import MANIFEST, Manifest, read_manifest
from pyserini_xqg.manifests.kinds import STORE_FOLDER
from pyserini_xqg.manifests.prior import read_prior
from pyserini_xqg.search.searchers.opened import open_index
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class OpenedIndex:
    """An index that can be asked.

    :param search: the best passages for a question's vector, float32 ``[dimension]``, and how many are wanted.
    """

    folder: Path
    manifest: Manifest
    search: Callable[[np.ndarray, int], list[ScannedPassage]]


def open_for_inspection(folder: Path) -> OpenedIndex:
    """Open an index.

    :raises UsageError: it is none of ours.
    :raises StoreError: it is damaged.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        found = f"it has no {MANIFEST}" if folder.is_dir() else "there is no such folder"
        raise UsageError(f"{folder} is not an index of ours: {found}; build one with `pyserini-xqg index`")
    search = _lucene(folder) if manifest.kind.is_lucene else _faiss(folder, manifest)
    return OpenedIndex(folder, manifest, search)


def open_store(index: OpenedIndex, moved: Path | None) -> VectorStore:
    """The store that the index was made from.

    :param moved: where it lies now; None for where it lay then.
    :raises StoreError: it is not there.
    :raises UsageError: it is not the one that the index was made from.
    """
    manifest = index.manifest
    folder = moved or (index.folder / STORE_FOLDER if manifest.kind.is_late else Path(manifest.store))
    if moved is None and not folder.is_dir():
        raise StoreError(
            f"the store that {index.folder} was made from, {folder}, is not there; say where it is now with --store DIR"
        )
    store = VectorStore(folder)
    made_from = manifest.store_inputs, manifest.fingerprint, manifest.passages
    if (store.meta.inputs, store.meta.fingerprint, store.meta.passages) != made_from:
        raise UsageError(
            f"{folder} is not the store that {index.folder} was made from: its input or its encoder is another; name "
            "the right one with --store DIR"
        )
    return store


def fused_as(index: OpenedIndex, store: VectorStore) -> FusedStore:
    """The store with the recipe and the prior that the index was made by.

    :raises StoreError: the index's prior is damaged.
    """
    prior = read_prior(index.folder, index.manifest)
    return FusedStore(store, index.manifest.recipe, prior, index.manifest.prior)


@dataclass(frozen=True, slots=True)
class Texts:
    """Where texts are found; None where they are not.

    :param queries: the queries that a store was encoded from.
    :param corpus: its passages.
    """

    queries: Path | None
    corpus: Path | None


def remembered_texts(store: VectorStore) -> Texts:
    """What the store remembers of its input, as far as it still lies there."""
    sources = store.meta.sources
    if sources is None:
        return Texts(None, None)
    queries, corpus = (
        Path(source.path) if source is not None and Path(source.path).exists() else None
        for source in (sources.queries, sources.corpus)
    )
    return Texts(queries, corpus)


def _faiss(folder: Path, manifest: Manifest) -> Callable[[np.ndarray, int], list[ScannedPassage]]:
    index, docids = open_index(folder, manifest)

    def search(question: np.ndarray, k: int) -> list[ScannedPassage]:
        scores, numbers = index.search(question[None], min(k, len(docids)))
        return [
            ScannedPassage(docids[number], score)
            for number, score in zip(numbers[0].tolist(), scores[0].tolist(), strict=True)
            if number >= 0
        ]

    return search


def _lucene(folder: Path) -> Callable[[np.ndarray, int], list[ScannedPassage]]:
    from pyserini_xqg.java.jvm import import_pyserini

    import_pyserini("pyserini.search.lucene")
    from pyserini_xqg.search.searchers.lucene_dense import XqgLuceneDenseSearcher

    searcher = XqgLuceneDenseSearcher(str(folder))

    def search(question: np.ndarray, k: int) -> list[ScannedPassage]:
        return [ScannedPassage(hit.docid, hit.score) for hit in searcher.search_vectors(question[None], k)[0]]

    return search
