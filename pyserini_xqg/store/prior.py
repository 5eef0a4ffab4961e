"""What a store says of the queries to be expected of its passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.expected.bank import BankMeans
from pyserini_xqg.fusion.expected.held_out import held_out_scores
from pyserini_xqg.fusion.expected.moments import LARGEST_KAPPA, NOISE_KAPPA, QueryMoments
from pyserini_xqg.fusion.expected.predictor import Predictor, learn
from pyserini_xqg.fusion.expected.prior import QueryPrior
from pyserini_xqg.fusion.expected.prior_record import LEARNED, HeldOutScores, PriorRecord
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import kind_of
from pyserini_xqg.machine import one_blas_thread
from pyserini_xqg.store.coverage import Coverage, coverage_of
from pyserini_xqg.store.query_statistics import QueryStatistics, read_statistics
from pyserini_xqg.store.vector_store import VectorStore

_FEWEST = 100
"""Passages with queries that a slope is learned from at least: from fewer it gained half a point at most, and lost up
to five where topics ask something else than queries do (benchmarks/coverage.py).
"""
_BANK_COUNTS = 20
"""How many of the store's own queries a language's bank counts for: five from everywhere are nearly as good as any."""
_OTHERS_COUNT = 5
"""The same of the other languages' queries, where there is no bank."""
_SMALLEST_KAPPA = 0.1


@dataclass(frozen=True, slots=True)
class LearnedPrior:
    """The prior, and what it was made of.

    :param without_fold: for each fold of :func:`~pyserini_xqg.store.dealing.passage_folds` the prior whose slope those
        passages had no part in; empty where no slope was learned.
    """

    prior: QueryPrior
    record: PriorRecord
    without_fold: tuple[QueryPrior, ...] = ()


@dataclass(frozen=True, slots=True)
class PriorSources:
    """What beside the store says which queries are to be expected.

    :param bank: mean questions from elsewhere.
    :param slope: a slope from elsewhere, float32 ``[dimension, dimension]``; None to learn one.
    :param slope_name: where that is from.
    :param predict: whether there shall be a slope at all.
    :param known: all of it, made before; nothing is read then.
    """

    bank: BankMeans | None = None
    slope: np.ndarray | None = None
    slope_name: str = ""
    predict: bool = True
    known: LearnedPrior | None = None


NO_SOURCES = PriorSources()
"""The store alone says it."""


def learn_prior(
    store: VectorStore, languages: Sequence[str], first: int | None, alpha: float, sources: PriorSources
) -> LearnedPrior:
    """Read the store, of a large one a part, and learn what is to be expected.

    :param languages: those to be fused; one that the store has no queries in must be in the bank.
    :param first: only the first so many queries of each language.
    :param alpha: at which held-out passages are asked for.
    :raises UsageError: the bank is of another encoder, or a language has neither queries nor bank.
    :raises StoreError: the store is damaged.
    """
    _check_bank(store, sources.bank)
    with one_blas_thread():
        coverage = coverage_of(store, first)
        learning = sources.predict and sources.slope is None and coverage.asked >= _FEWEST
        seen = read_statistics(store, coverage, first, folds=learning)
        return _learned(_Material(store, tuple(languages), coverage, seen), alpha, sources)


@dataclass(frozen=True, slots=True)
class _Material:
    """What a prior is made from.

    :param languages: those to be fused.
    """

    store: VectorStore
    languages: tuple[str, ...]
    coverage: Coverage
    seen: QueryStatistics

    @property
    def columns(self) -> dict[str, int]:
        """Language of the store -> its column; a single ``""`` where it keeps a total."""
        meta = self.store.meta
        known = ("",) if meta.keep is Keep.TOTAL and meta.languages else meta.languages
        return {code: column for column, code in enumerate(known)}

    @property
    def rows(self) -> tuple[str, ...]:
        """The languages of the prior."""
        return ("",) if "" in self.columns else self.languages

    def numbers(self, of: np.ndarray) -> tuple[int, ...]:
        """One of the coverage's columns of numbers, by the prior's languages."""
        return tuple(int(of[self.columns[code]]) if code in self.columns else 0 for code in self.rows)


def _learned(made_from: _Material, alpha: float, sources: PriorSources) -> LearnedPrior:
    rows, seen, bank = made_from.rows, made_from.seen, sources.bank
    means, centres = _means(made_from, bank, rows), _centres(made_from, rows)
    predictor = learn(seen.folds) if seen.folds else None
    held_out = None if predictor is None else _held_out(made_from, predictor, bank, alpha)
    if predictor is not None and (held_out is None or not held_out.better):
        predictor = None

    def prior_of(slope: np.ndarray | None) -> QueryPrior:
        rounded = None if slope is None else _as_half(slope)
        intercepts = _as_half(means if rounded is None else means - centres @ rounded)
        return QueryPrior(rows, intercepts, _as_half(seen.mean_passage), rounded)

    record = PriorRecord(
        languages=rows,
        kappas=_kappas(made_from),
        passages=made_from.numbers(made_from.coverage.passages),
        queries=made_from.numbers(made_from.coverage.queries),
        bank="" if bank is None else bank.name,
        bank_kind="" if bank is None else str(bank.kind),
        bank_sha256="" if bank is None else bank.sha256,
        bank_texts=() if bank is None else tuple(bank.numbers.get(code, 0) for code in rows),
        slope=sources.slope_name if predictor is None else LEARNED,
        penalty=None if predictor is None else predictor.penalty,
        learned_from=0 if predictor is None else predictor.passages,
        held_out=held_out,
    )
    if predictor is None:
        return LearnedPrior(prior_of(sources.slope), record)
    return LearnedPrior(prior_of(predictor.slope), record, tuple(map(prior_of, predictor.folds)))


def _as_half(values: np.ndarray) -> np.ndarray:
    """Rounded to what the store keeps of a vector, as float32: sums that differ in their last bits on another machine
    then come to the same.
    """
    rounded: np.ndarray = values.astype(np.float16).astype(np.float32)
    return rounded


def _check_bank(store: VectorStore, bank: BankMeans | None) -> None:
    if bank is not None and bank.fingerprint != store.meta.fingerprint:
        raise UsageError(
            f"the bank {bank.name} was encoded by another encoder (fingerprint {bank.fingerprint[:12]}…) than "
            f"{store.folder} ({store.meta.fingerprint[:12]}…); encode it with {store.meta.encoder}"
        )


def _means(made_from: _Material, bank: BankMeans | None, names: Sequence[str]) -> np.ndarray:
    """The mean query of each of these columns, float64 ``[columns, dimension]``.

    :raises UsageError: a language has neither queries nor bank.
    """
    moments, dimension = made_from.seen.moments, made_from.store.meta.dimension
    means = []
    for code in names:
        alike = [moments[at] for name, at in made_from.columns.items() if kind_of(name) is kind_of(code)]
        everything = np.sum([np.zeros(dimension), *(own.total for own in alike)], axis=0)
        number = sum(own.queries for own in alike)
        column = made_from.columns.get(code)
        own = QueryMoments(np.zeros(dimension)) if column is None else moments[column]
        if bank is not None and code in bank.means:
            means.append((own.total + _BANK_COUNTS * bank.means[code]) / (own.queries + _BANK_COUNTS))
        elif own.queries:
            means.append((own.total + _OTHERS_COUNT * everything / number) / (own.queries + _OTHERS_COUNT))
        else:
            raise UsageError(
                f"{made_from.store.folder} has no queries in {code}, and "
                + (f"the bank {bank.name} no texts in it" if bank is not None else "no bank is given")
                + "; give a --bank that has some, or leave the language out of --languages"
            )
    return np.array(means).reshape(len(names), dimension)


def _kappas(made_from: _Material) -> tuple[float, ...]:
    """By language what the variances say, four digits of it; where they say nothing, what other languages' say."""
    own = {code: made_from.seen.moments[column].kappa for code, column in made_from.columns.items()}
    known = [kappa for kappa in own.values() if kappa is not None]
    usual = float(np.median(known)) if known else NOISE_KAPPA
    said = (usual if (kappa := own.get(code)) is None else kappa for code in made_from.rows)
    return tuple(float(f"{min(max(kappa, _SMALLEST_KAPPA), LARGEST_KAPPA):.4g}") for kappa in said)


def _centres(made_from: _Material, names: Sequence[str]) -> np.ndarray:
    """The mean passage that goes with the mean query of each of these columns, float64 ``[columns, dimension]``: that
    of the passages whose queries they are, else that of all passages with queries, else that of all.
    """
    pairs = made_from.seen.pairs
    everywhere = made_from.seen.mean_passage
    if pairs is None or pairs.weights.sum() == 0:
        return np.tile(everywhere, (len(names), 1))
    inputs, _ = pairs.centres
    asked = pairs.inputs.sum(axis=0) / pairs.weights.sum()
    columns = [made_from.columns.get(code) for code in names]
    return np.array([asked if at is None or pairs.weights[at] == 0 else inputs[at] for at in columns])


def _held_out(made_from: _Material, predictor: Predictor, bank: BankMeans | None, alpha: float) -> HeldOutScores | None:
    """Asked in the languages that are to be fused; where the map was learned from others alone, such as from titles in
    the passages' own, in those.
    """
    learned = made_from.coverage.learned
    places = {code: at for code, at in made_from.columns.items() if learned[at]}
    names = [code for code in made_from.rows if code in places] or list(places)
    sample = made_from.seen.sample([places[code] for code in names])
    means, centres = _means(made_from, bank, names), _centres(made_from, names)
    return held_out_scores(sample, means.astype(np.float32), predictor.folds, centres.astype(np.float32), alpha)
