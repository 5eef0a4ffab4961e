"""A store and the recipe that it is fused by, seen to go together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.fusion.expected.prior_record import PriorRecord
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import WHOLE_TEXT, Recipe
from pyserini_xqg.fusion.registry import find_fusion
from pyserini_xqg.fusion.text_kind import TextKind, columns_of, in_words, is_other, kind_of, languages_of
from pyserini_xqg.store.prior import NO_SOURCES, PriorSources, learn_prior
from pyserini_xqg.store.vector_store import VectorStore

_ONE_TOTAL = ("",)
"""The languages of a prior, where the store keeps one total over all of them."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is unfair between passages, and may be all the same.

    :param unequal: let a fusion that asks for equal numbers of queries, such as the sum, pass over unequal ones.
    :param none: let a recipe whose kappa is 0 pass over passages without queries.
    """

    unequal: bool = False
    none: bool = False


NOTHING_ALLOWED = Allowed()


@dataclass(frozen=True, slots=True)
class FusedStore:
    """All that fusing goes by.

    :param recipe: with its languages and its kappas filled in.
    :param prior: the queries expected of the passages, in these languages and maybe others; None where no passage is
        drawn towards them.
    :param record: what the prior was made of; None where there is none, or nobody knows.
    :param without_fold: for each fold of :func:`~pyserini_xqg.store.dealing.passage_folds` the prior whose slope those
        passages had no part in; empty where no slope was learned here.
    """

    store: VectorStore
    recipe: Recipe
    prior: QueryPrior | None = None
    record: PriorRecord | None = None
    without_fold: tuple[QueryPrior, ...] = ()

    @property
    def chosen_prior(self) -> QueryPrior | None:
        """The prior, with a row for each column of the store's numbers."""
        return None if self.prior is None else self._chosen(self.prior)

    def prior_without(self, fold: int) -> QueryPrior | None:
        """The same for passages of a fold, as if their own queries were not known; -1 for those of no fold."""
        return self._chosen(self.without_fold[fold]) if self.without_fold and fold >= 0 else self.chosen_prior

    def _chosen(self, prior: QueryPrior) -> QueryPrior:
        return prior if prior.languages == _ONE_TOTAL else prior.choose(self.recipe.languages)


def complete(
    store: VectorStore,
    recipe: Recipe,
    *,
    allowed: Allowed = NOTHING_ALLOWED,
    for_any: bool = False,
    sources: PriorSources = NO_SOURCES,
) -> FusedStore:
    """Fill in the store's languages and see that the recipe can be had from this store.

    :param allowed: what may be unfair between passages.
    :param for_any: whether another alpha and other languages will be asked for later: the prior is made of all
        languages then, whatever alpha is.
    :param sources: what beside the store says which queries are to be expected.
    :raises UsageError: the store or the bank lacks what the recipe needs, a sum would favour the passages with more
        queries, or passages without queries would lose to those that have some.
    :raises StoreError: the store is damaged.
    """
    recipe = _with_columns(store, recipe, sources)
    store.check_first(recipe.queries_per_language)
    fusion = find_fusion(recipe.fusion)
    if not store.meta.keep.holds(fusion.needs):
        raise UsageError(
            f"{store.folder} keeps {store.meta.keep.words}; encode with --keep {fusion.needs} to make {fusion.name}"
        )
    if fusion.equal_numbers and not allowed.unequal:
        _refuse_unequal(store, recipe)
    if not recipe.languages or recipe.kappa == 0 or not (fusion.shrinks or for_any):
        if recipe.languages and fusion.shrinks and recipe.alpha > 0 and not allowed.none:
            _refuse_none(store, recipe)
        return FusedStore(store, replace(recipe, kappa=0.0, kappas=()))
    if recipe.alpha == 0 and not for_any:
        return FusedStore(store, replace(recipe, kappa=0.0, kappas=()))
    known = sources.known
    if known is None:
        languages = tuple(dict.fromkeys((*recipe.languages, *(store.meta.languages if for_any else ()))))
        known = learn_prior(store, languages, recipe.queries_per_language, recipe.alpha, sources)
    return with_kappas(FusedStore(store, recipe, known.prior, known.record, known.without_fold))


def with_kappas(fused: FusedStore) -> FusedStore:
    """The same with the recipe's kappas filled in, from what the prior was made of."""
    recipe, record = fused.recipe, fused.record
    if record is None or not find_fusion(recipe.fusion).shrinks:
        return replace(fused, recipe=replace(recipe, kappa=0.0, kappas=()))
    rows = _ONE_TOTAL if record.languages == _ONE_TOTAL else recipe.languages
    said = dict(zip(record.languages, record.kappas, strict=True))
    kappas = tuple(
        WHOLE_TEXT if recipe.kappa != 0 and is_other(name) else said[name] if recipe.kappa is None else recipe.kappa
        for name in rows
    )
    return replace(fused, recipe=replace(recipe, kappas=kappas))


def vector_numbers(fused: FusedStore) -> tuple[int, int]:
    """The most vectors that a passage has, and how many there are in all; neither needs a vector to be read."""
    store, recipe = fused.store, fused.recipe
    fusion = find_fusion(recipe.fusion)
    if not fusion.views:
        return 1, store.meta.passages
    most = total = 0
    for shard in store.shards():
        counts = shard.counts(recipe.languages, recipe.queries_per_language)
        numbers = np.sum([mixture.there for mixture in fusion.mixtures_of(counts, recipe)], axis=0)
        most, total = max(most, int(numbers.max())), total + int(numbers.sum())
    return most, total


def _with_columns(store: VectorStore, recipe: Recipe, sources: PriorSources) -> Recipe:
    """The recipe with the columns of its languages, those of kinds that weigh nothing left out, and where there are
    several kinds with the weight of each.

    :raises UsageError: a language has nothing, or nothing weighs anything.
    """
    found = _columns(store, replace(recipe, languages=languages_of(recipe.languages)), sources)
    columns = tuple(name for name in found if recipe.weight(kind_of(name)) > 0)
    if found and not columns:
        raise UsageError(f"--weights leaves nothing of {in_words(found)}; give a weight above 0 to one of these kinds")
    kinds = {kind_of(name) for name in found}
    if kinds <= {TextKind.QUESTIONS}:
        return replace(recipe, languages=columns, weights=())
    weights = tuple((str(kind), recipe.weight(kind)) for kind in TextKind if kind in kinds)
    return replace(recipe, languages=columns, weights=weights)


def _columns(store: VectorStore, recipe: Recipe, sources: PriorSources) -> tuple[str, ...]:
    known = sources.known
    if known is not None and store.meta.keep is not Keep.TOTAL:
        columns = known.record.languages
        if unknown := [code for code in recipe.languages if code not in languages_of(columns)]:
            raise UsageError(
                f"nothing is known of questions in {', '.join(unknown)}; known are {', '.join(languages_of(columns))}"
            )
        return columns_of(recipe.languages, columns) or store.meta.languages
    bank = sources.bank
    if bank is None:
        return store.choose_languages(recipe.languages)
    if store.meta.keep is Keep.TOTAL and store.meta.languages:
        raise UsageError(
            f"{store.folder} keeps one sum over {', '.join(store.meta.languages)}, beside which a bank's languages "
            "cannot be told apart; encode with --keep languages, or leave --bank out"
        )
    either = (*store.meta.languages, *(code for code in bank.means if code not in store.meta.languages))
    if not recipe.languages:
        return columns_of(languages_of(store.meta.languages) or bank.means, either)
    if unknown := [code for code in recipe.languages if code not in languages_of(either)]:
        raise UsageError(
            f"{store.folder} has no queries in {', '.join(unknown)}, and the bank {bank.name} no texts; give a --bank "
            "that has some, or leave them out of --languages"
        )
    return columns_of(recipe.languages, either)


def _refuse_unequal(store: VectorStore, recipe: Recipe) -> None:
    smallest, largest = store.query_numbers(recipe.languages, recipe.queries_per_language)
    if smallest != largest:
        raise UsageError(
            f"a {recipe.fusion} needs equally many queries for every passage, and here they have {smallest} to "
            f"{largest}: those with more would win whatever is asked; use --fusion mean, or --allow-unequal to do "
            "it all the same"
        )


def _refuse_none(store: VectorStore, recipe: Recipe) -> None:
    smallest, _ = store.query_numbers(recipe.languages, recipe.queries_per_language)
    if smallest == 0:
        raise UsageError(
            f"some passages of {store.folder} have no queries, and with --kappa 0 they would lose every question to "
            "those that have some; leave kappa as it is, or let `index` do it all the same with --allow-none"
        )
