"""The stage's door: what a store and the options come to is read and checked here once, and then built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.files.text import write_text
from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.cards.dense import index_card
from pyserini_xqg.index.output import claimed, size
from pyserini_xqg.index.plan import IndexPlan
from pyserini_xqg.index.types import TYPES
from pyserini_xqg.manifests.dense import Encoding, Manifest, Similarity, read_manifest, write_manifest
from pyserini_xqg.manifests.kinds import FAISS_FLAT, IndexKind
from pyserini_xqg.manifests.prior import write_prior
from pyserini_xqg.progress import progress
from pyserini_xqg.report.cards.markdown import CARD
from pyserini_xqg.store.blocks import VIEW_DELIMITER
from pyserini_xqg.store.fused_store import Allowed, complete, vector_numbers
from pyserini_xqg.store.meta import StoreMeta
from pyserini_xqg.store.prior import NO_SOURCES, PriorSources
from pyserini_xqg.store.vector_store import VectorStore

_UNIT_TOLERANCE = 1e-2
"""How far from 1 the length of a normalised vector may be that was stored as float16."""
_SAMPLE = 4096
"""Passages whose lengths are looked at."""


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """What kind of index, and how it is built.

    :param kind: one of :data:`~pyserini_xqg.manifests.kinds.KINDS`.
    :param factory: FAISS's factory string, for kinds that take one.
    :param hnsw_m: neighbours a node of an HNSW graph.
    :param ef_construction: candidates while an HNSW graph is built.
    :param threads: threads that add to an index in memory or to Lucene's. A graph is the same each time only with one.
    :param fusing_threads: threads that fuse; they never change the result.
    :param view_delimiter: between a docid and a view's language.
    :param allow_unequal: let a sum pass over unequal numbers of queries.
    :param allow_none: let a kappa of 0 pass over passages without queries.
    :param quantize: let a Lucene graph compare vectors of 8-bit scalars.
    """

    kind: IndexKind = FAISS_FLAT
    factory: str = ""
    hnsw_m: int = 32
    ef_construction: int = 200
    threads: int = 1
    fusing_threads: int = 2
    view_delimiter: str = VIEW_DELIMITER
    allow_unequal: bool = False
    allow_none: bool = False
    quantize: bool = False


@dataclass(frozen=True, slots=True)
class IndexResult:
    """What was done."""

    manifest: Manifest
    made: bool
    """False where the very same index was there already."""
    bytes: int


def build_index(
    store: VectorStore,
    output: str | Path,
    recipe: Recipe = Recipe(),
    options: IndexOptions = IndexOptions(),
    sources: PriorSources = NO_SOURCES,
) -> IndexResult:
    """Build an index folder in Pyserini's layout, with ``xqg.json`` and a card; whole or absent.

    :param sources: what beside the store says which queries are to be expected.
    :raises UsageError: the recipe cannot be had from this store, or FAISS does not know the factory string.
    :raises OutputError: ``output`` holds something else, or the disk is full.
    :raises StoreError: the store is damaged.
    """
    output = Path(output)
    index_type = TYPES[options.kind]
    plan = _planned(store, recipe, options, sources)
    index_type.check(plan.index)
    with claimed(output, plan.index, read_manifest) as there:
        if there is not None:
            return IndexResult(there, made=False, bytes=size(output))
        with replacing_folder(output) as partial, progress("indexing", "vectors", plan.index.vectors) as bar:
            own = {} if plan.fused.prior is None else write_prior(partial, plan.fused.prior)
            manifest = replace(plan.index, checksums={**index_type.write(plan, partial, bar), **own})
            write_manifest(partial, manifest)
            write_text(partial / CARD, index_card(manifest))
    return IndexResult(manifest, made=True, bytes=size(output))


def _planned(store: VectorStore, recipe: Recipe, options: IndexOptions, sources: PriorSources) -> IndexPlan:
    """Read of the store all that building will ask for, and see that the recipe can be had from it.

    :raises UsageError: it cannot, or the view delimiter is none.
    :raises StoreError: the store is damaged.
    """
    kind = options.kind
    fused = complete(
        store,
        recipe,
        allowed=Allowed(options.allow_unequal, options.allow_none),
        for_any=kind.is_late,
        sources=sources,
    )
    recipe = fused.recipe
    if options.view_delimiter.split() != [options.view_delimiter]:
        raise UsageError(
            f"--view-delimiter is {options.view_delimiter!r}; it must be at least one character, and none of them "
            "white space"
        )
    meta = store.meta
    views, vectors = (1, meta.passages) if kind.is_late else vector_numbers(fused)
    manifest = Manifest(
        kind=kind,
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
        similarity=_similarity(store, recipe) if kind.is_lucene else Similarity.NONE,
        quantized=options.quantize,
        encoding=encoding_of(meta),
        prior=fused.record,
    )
    return IndexPlan(fused, manifest, options.fusing_threads)


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


def _similarity(store: VectorStore, recipe: Recipe) -> Similarity:
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
