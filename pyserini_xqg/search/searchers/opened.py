"""Our index folders, opened for search by vectors; needs neither Pyserini nor Java."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import faiss

from pyserini_xqg.errors import StoreError, UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.manifests.dense import Manifest
from pyserini_xqg.manifests.kinds import STORE_FOLDER, IndexEngine
from pyserini_xqg.manifests.prior import read_prior
from pyserini_xqg.search.searchers.late import LateIndex
from pyserini_xqg.search.searchers.views import PassagesOfViews
from pyserini_xqg.store.prior import LearnedPrior


@dataclass(frozen=True, slots=True)
class LateChoice:
    """What a search asks of a late index; None leaves the index's own."""

    alpha: float | None = None
    fusion: str | None = None
    languages: tuple[str, ...] | None = None
    normalize: bool | None = None
    kappa: float | None = None

    def apply(self, recipe: Recipe) -> Recipe:
        """The index's recipe with these choices. Another fusion comes with its own alpha where the index has
        that of its fusion.
        """
        fusion = recipe.fusion if self.fusion is None else self.fusion
        usual = find_fusion(fusion).alpha if recipe.alpha == find_fusion(recipe.fusion).alpha else recipe.alpha
        return replace(
            recipe,
            fusion=fusion,
            alpha=usual if self.alpha is None else self.alpha,
            normalize=recipe.normalize if self.normalize is None else self.normalize,
            languages=recipe.languages if self.languages is None else self.languages,
            kappa=recipe.kappa if self.kappa is None else self.kappa,
            kappas=(),
        )


def open_index(folder: Path, manifest: Manifest, late: LateChoice | None = None) -> tuple[Any, list[str]]:
    """Open an index of ours: something that searches like a FAISS index and answers in passages, and the docid of each
    of its numbers.

    :param late: what is asked of a late index, where it differs from the index's own recipe.
    :raises StoreError: the folder is damaged.
    :raises UsageError: FAISS cannot search it, or it is no late index and ``late`` asks for one.
    """
    return _OPENERS[manifest.kind.engine](folder, manifest, late)


def _open_faiss(folder: Path, manifest: Manifest, late: LateChoice | None) -> tuple[Any, list[str]]:
    names = _docids(folder, manifest)
    if late is not None:
        raise UsageError(
            f"{folder} is a {manifest.kind} index, fused when it was built; only --type late takes --late-… flags"
        )
    index = _read(folder, manifest)
    if manifest.has_views:
        views = PassagesOfViews(index, names, manifest.view_delimiter)
        return views, views.docids
    return index, names


def _open_late(folder: Path, manifest: Manifest, late: LateChoice | None) -> tuple[Any, list[str]]:
    names = _docids(folder, manifest)
    recipe = late.apply(manifest.recipe) if late is not None else manifest.recipe
    # Who built an index of sums, or without a kappa, has let unequal numbers of queries pass already.
    passed = find_fusion(manifest.recipe.fusion).equal_numbers or (manifest.prior is None and recipe.kappa == 0)
    prior = read_prior(folder, manifest)
    known = None if prior is None or manifest.prior is None else LearnedPrior(prior, manifest.prior)
    return LateIndex(folder / STORE_FOLDER, recipe, allow_unequal=passed, prior=known), names


def _refuse_lucene(folder: Path, manifest: Manifest, late: LateChoice | None) -> NoReturn:
    raise UsageError(
        f"{folder} is a {manifest.kind} index, which FAISS cannot search; use `pyserini-xqg search lucene`"
    )


_OPENERS: dict[IndexEngine, Callable[[Path, Manifest, LateChoice | None], tuple[Any, list[str]]]] = {
    IndexEngine.FAISS: _open_faiss,
    IndexEngine.LATE: _open_late,
    IndexEngine.LUCENE: _refuse_lucene,
}
if unknown := set(IndexEngine) - _OPENERS.keys():
    raise ImportError(f"{', '.join(sorted(unknown))}: what searches a kind of index needs an opener in {__name__}")


def _docids(folder: Path, manifest: Manifest) -> list[str]:
    try:
        names = (folder / "docid").read_text(encoding="utf-8").split("\n")[:-1]
    except OSError as error:
        raise StoreError(f"{folder / 'docid'} cannot be read ({error.strerror}); build the index again") from error
    if len(names) != manifest.vectors:
        raise StoreError(
            f"{folder / 'docid'} has {len(names):,} lines, the index has {manifest.vectors:,} vectors; build the "
            "index again"
        )
    return names


def _read(folder: Path, manifest: Manifest) -> faiss.Index:
    flags = faiss.IO_FLAG_MMAP_IFC if manifest.kind.mapped and hasattr(faiss, "IO_FLAG_MMAP_IFC") else 0
    try:
        index = faiss.read_index(str(folder / "index"), flags)
    except RuntimeError as error:
        raise StoreError(
            f"{folder / 'index'} cannot be read ({str(error).strip().splitlines()[-1]}); build the index again"
        ) from error
    if (index.ntotal, index.d) != (manifest.vectors, manifest.dimension):
        found = f"{index.ntotal:,} x {index.d}, xqg.json says {manifest.vectors:,} x {manifest.dimension}"
        raise StoreError(f"{folder / 'index'} holds {found}; build the index again")
    return index
