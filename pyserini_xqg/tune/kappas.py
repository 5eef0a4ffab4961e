"""One store at several kappas: what is expected of its passages' queries is learned once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.store.fused_store import Allowed, FusedStore, complete, with_kappas
from pyserini_xqg.store.vector_store import VectorStore


def fused_by_kappa(store: VectorStore, recipe: Recipe, kappas: Sequence[float | None]) -> tuple[FusedStore, ...]:
    """The store to be fused at each kappa, at any alpha.

    :param kappas: None for what the store's variances say.
    :raises UsageError: the recipe cannot be had from this store, or its fusion has no kappa to choose.
    """
    if len(kappas) > 1 and not find_fusion(recipe.fusion).shrinks:
        raise UsageError(f"a {recipe.fusion} is not drawn towards expected queries, so there is no kappa to choose")
    shrinks, some = find_fusion(recipe.fusion).shrinks, next((kappa for kappa in kappas if kappa != 0), 0.0)
    fused = complete(store, replace(recipe, kappa=some), allowed=Allowed(unequal=True, none=True), for_any=shrinks)
    return tuple(
        FusedStore(store, replace(fused.recipe, kappa=0.0, kappas=()))
        if kappa == 0
        else with_kappas(replace(fused, recipe=replace(fused.recipe, kappa=kappa)))
        for kappa in kappas
    )
