"""Pyserini's ``FaissSearcher`` over our index folders.

Importing this module starts the JVM, as importing Pyserini's own does; :func:`pyserini_xqg.jvm.prepare` must have run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import faiss
from pyserini.search.faiss import FaissSearcher

from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
from pyserini_xqg.errors import EncoderError, StoreError, UsageError
from pyserini_xqg.fusion import Fusion, Recipe
from pyserini_xqg.manifest import IndexKind, Manifest, read_manifest
from pyserini_xqg.search.late import LateIndex
from pyserini_xqg.search.views import PassagesOfViews


@dataclass(frozen=True, slots=True)
class LateChoice:
    """What a search asks of a late index; None leaves the index's own."""

    alpha: float | None = None
    fusion: Fusion | None = None
    languages: tuple[str, ...] | None = None
    normalize: bool | None = None

    def apply(self, recipe: Recipe) -> Recipe:
        """The index's recipe with these choices."""
        return Recipe(
            fusion=recipe.fusion if self.fusion is None else self.fusion,
            alpha=recipe.alpha if self.alpha is None else self.alpha,
            normalize=recipe.normalize if self.normalize is None else self.normalize,
            languages=recipe.languages if self.languages is None else self.languages,
            queries_per_language=recipe.queries_per_language,
            plain_view=recipe.plain_view,
        )


class XqgFaissSearcher(FaissSearcher):
    """Takes index folders of ours, views and late ones included, and everybody else's as before.

    Views come back as passages, so whatever fuses runs afterwards sees passages. Flat indexes are memory-mapped.

    :raises EncoderError: the query encoder is not the one that the index was made with.
    :raises StoreError: the folder is damaged.
    """

    late: ClassVar[LateChoice | None] = None
    """What a search asks of a late index, where it differs from the index's own recipe."""

    def load_index(self, index_dir: str) -> tuple[Any, list[str]]:
        """Open the folder: something that searches like a FAISS index, and the docid of each of its numbers."""
        folder = Path(index_dir)
        manifest = read_manifest(folder)
        if manifest is None:
            if self.late is not None:
                raise UsageError(f"{folder} is not a late index; build one with `pyserini-xqg index --type late`")
            return super().load_index(index_dir)
        if manifest.kind.is_lucene:
            raise UsageError(f"{folder} is a {manifest.kind} index, which FAISS cannot search; use `pyserini-xqg search lucene`")
        self._check_encoder(folder, manifest)
        names = _docids(folder, manifest)
        if manifest.kind is IndexKind.LATE:
            recipe = self.late.apply(manifest.recipe) if self.late is not None else manifest.recipe
            # Who built an index of sums has let unequal numbers of queries pass already.
            return LateIndex(folder / "store", recipe, allow_unequal=manifest.recipe.fusion is Fusion.SUM), names
        if self.late is not None:
            raise UsageError(f"{folder} is a {manifest.kind} index, fused when it was built; only --type late takes --late-… flags")
        index = _read(folder, manifest)
        if manifest.has_views:
            views = PassagesOfViews(index, names, manifest.view_delimiter)
            return views, views.docids
        return index, names

    def set_hnsw_ef_search(self, ef_search: int) -> None:
        """How many candidates a search of an HNSW graph keeps.

        :raises UsageError: the index is no such graph.
        """
        index = self.index.index if isinstance(self.index, PassagesOfViews) else self.index
        if not hasattr(index, "hnsw"):
            raise UsageError("--ef-search is for HNSW graphs, and this index is none; leave it out")
        index.hnsw.efSearch = ef_search

    def _check_encoder(self, folder: Path, manifest: Manifest) -> None:
        if not isinstance(self.query_encoder, OnnxQueryEncoder):
            return
        encoder = self.query_encoder.encoder
        if encoder.config.fingerprint != manifest.fingerprint:
            raise EncoderError(
                f"{folder} was made with the encoder {manifest.encoder} ({manifest.fingerprint[:12]}, {manifest.dimension} dimensions), "
                f"the queries' encoder is {encoder.folder} ({encoder.config.fingerprint[:12]}, {encoder.dimension}); search with the same one"
            )


def _docids(folder: Path, manifest: Manifest) -> list[str]:
    try:
        names = (folder / "docid").read_text(encoding="utf-8").split("\n")[:-1]
    except OSError as error:
        raise StoreError(f"{folder / 'docid'} cannot be read ({error.strerror}); build the index again") from error
    if len(names) != manifest.vectors:
        raise StoreError(f"{folder / 'docid'} has {len(names):,} lines, the index has {manifest.vectors:,} vectors; build the index again")
    return names


def _read(folder: Path, manifest: Manifest) -> faiss.Index:
    flags = faiss.IO_FLAG_MMAP_IFC if manifest.kind is IndexKind.FAISS_FLAT and hasattr(faiss, "IO_FLAG_MMAP_IFC") else 0
    try:
        index = faiss.read_index(str(folder / "index"), flags)
    except RuntimeError as error:
        raise StoreError(f"{folder / 'index'} cannot be read ({str(error).strip().splitlines()[-1]}); build the index again") from error
    if (index.ntotal, index.d) != (manifest.vectors, manifest.dimension):
        found = f"{index.ntotal:,} x {index.d}, xqg.json says {manifest.vectors:,} x {manifest.dimension}"
        raise StoreError(f"{folder / 'index'} holds {found}; build the index again")
    return index
