"""What a store says of the queries to be expected of its passages: read once, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.bank import BankMeans
from pyserini_xqg.fusion.held_out import HeldOutSample, held_out_scores
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.moments import LARGEST_KAPPA, NOISE_KAPPA, QueryMoments
from pyserini_xqg.fusion.predictor import Pairs, Predictor, learn
from pyserini_xqg.fusion.prior import QueryPrior
from pyserini_xqg.fusion.prior_record import LEARNED, HeldOutScores, PriorRecord
from pyserini_xqg.machine import one_blas_thread
from pyserini_xqg.store.shard import Shard
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.store.widen import as_float32

_ROWS = 1024
"""Passages read at a time."""
_FOLDS, _CHUNKS = 5, 50
"""Runs of passages are dealt to the folds: neighbours, which are often of one document, stay together."""
_LEARNED_FROM = 20_000
"""Passages with queries that a slope is learned from at most: it then costs the same whatever the corpus."""
_FEWEST = 100
"""Passages with queries that a slope is learned from at least: from fewer it gained half a point at most, and lost up
to five where topics ask something else than queries do (benchmarks/coverage.py).
"""
_SAMPLED_VECTORS = 5_000
"""Vectors kept for the scores of held-out passages."""
_BANK_COUNTS = 20
"""How many of the store's own queries a language's bank counts for: five from everywhere are nearly as good as any."""
_OTHERS_COUNT = 5
"""The same of the other languages' queries, where there is no bank."""


@dataclass(frozen=True, slots=True)
class PriorSources:
    """What beside the store says which queries are to be expected.

    :param bank: mean questions from elsewhere.
    :param slope: a slope from elsewhere, float32 ``[dimension, dimension]``; None to learn one.
    :param slope_name: where that is from.
    :param predict: whether there shall be a slope at all.
    """

    bank: BankMeans | None = None
    slope: np.ndarray | None = None
    slope_name: str = ""
    predict: bool = True


NO_SOURCES = PriorSources()
"""The store alone says it."""


@dataclass(frozen=True, slots=True)
class LearnedPrior:
    """The prior, and what it was made of."""

    prior: QueryPrior
    record: PriorRecord


def learn_prior(
    store: VectorStore, languages: Sequence[str], first: int | None, alpha: float, sources: PriorSources
) -> LearnedPrior:
    """Read the store through once.

    :param languages: those to be fused; one that the store has no queries in must be in the bank.
    :param first: only the first so many queries of each language.
    :param alpha: at which held-out passages are asked for.
    :raises UsageError: the bank is of another encoder, or a language has neither queries nor bank.
    :raises StoreError: the store is damaged.
    """
    with one_blas_thread():
        return _learned(store, languages, first, alpha, sources)


def _learned(
    store: VectorStore, languages: Sequence[str], first: int | None, alpha: float, sources: PriorSources
) -> LearnedPrior:
    seen = _read(store, first, learning=sources.predict and sources.slope is None)
    columns = ("",) if store.meta.keep is Keep.TOTAL and store.meta.languages else store.meta.languages
    rows = ("",) if columns == ("",) else tuple(languages)
    means, kappas = _means(store, seen, columns, rows, sources.bank), _kappas(seen, columns, rows)
    own = {code: seen.moments[column] for column, code in enumerate(columns)}
    predictor = learn(seen.folds) if seen.folds and sum(fold.passages for fold in seen.folds) >= _FEWEST else None
    held_out = _held_out(seen, columns, means, rows, predictor, alpha) if predictor is not None else None
    slope, name = sources.slope, sources.slope_name
    if predictor is not None and held_out is not None and held_out.better:
        slope, name = predictor.slope, LEARNED
    slope = None if slope is None else _as_half(slope)
    centres = _centres(seen, columns, rows)
    intercepts = _as_half(means if slope is None else means - centres @ slope)
    bank = sources.bank
    record = PriorRecord(
        languages=rows,
        kappas=kappas,
        passages=tuple(own[code].passages if code in own else 0 for code in rows),
        queries=tuple(own[code].queries if code in own else 0 for code in rows),
        bank="" if bank is None else bank.name,
        bank_kind="" if bank is None else str(bank.kind),
        bank_sha256="" if bank is None else bank.sha256,
        bank_texts=() if bank is None else tuple(bank.numbers.get(code, 0) for code in rows),
        slope=name if slope is not None else "",
        penalty=predictor.penalty if predictor is not None and name == LEARNED else None,
        learned_from=predictor.passages if predictor is not None and name == LEARNED else 0,
        held_out=held_out,
    )
    return LearnedPrior(QueryPrior(rows, intercepts, _as_half(seen.mean_passage), slope), record)


def _as_half(values: np.ndarray) -> np.ndarray:
    """Rounded to what the store keeps of a vector, as float32: sums that differ in their last bits on another machine
    then come to the same.
    """
    rounded: np.ndarray = values.astype(np.float16).astype(np.float32)
    return rounded


@dataclass(slots=True)
class _Seen:
    """What is added up while the store is read, a column a language of the store.

    :param folds: empty where no slope shall be learned.
    """

    moments: list[QueryMoments]
    passage_total: np.ndarray
    passages: int = 0
    folds: list[Pairs] = field(default_factory=list)
    sampled: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    @property
    def mean_passage(self) -> np.ndarray:
        """Float64 ``[dimension]``."""
        return self.passage_total / max(self.passages, 1)


def _read(store: VectorStore, first: int | None, *, learning: bool) -> _Seen:
    meta = store.meta
    columns = (1 if meta.keep is Keep.TOTAL else len(meta.languages)) if meta.languages else 0
    seen = _Seen([QueryMoments(np.zeros(meta.dimension)) for _ in range(columns)], np.zeros(meta.dimension))
    deal = _Dealer(sum(int(shard.counts(meta.languages).any(axis=1).sum()) for shard in store.shards()), columns)
    if learning and columns and deal.covered >= _FEWEST:
        seen.folds = [Pairs.none(columns, meta.dimension) for _ in range(_FOLDS)]
    for shard in store.shards():
        counts = shard.counts(meta.languages, first)
        matrices = shard.query_matrices(meta.languages, first) if columns else []
        for rows in _runs(shard):
            passages, numbers = as_float32(shard.passages()[rows]), np.asarray(counts[rows])
            sums = [_summed([matrix[rows] for matrix in ranks], passages.shape) for ranks in matrices]
            seen.passage_total += np.ones(len(passages), np.float32) @ passages
            seen.passages += len(passages)
            for moments, own, number in zip(seen.moments, sums, numbers.T, strict=True):
                moments.add(own, number)
            if seen.folds:
                _learn_from(seen, deal, passages, sums, numbers)
    return seen


def _runs(shard: Shard) -> Iterator[slice]:
    return (slice(start, min(start + _ROWS, shard.passages_count)) for start in range(0, shard.passages_count, _ROWS))


def _summed(matrices: Sequence[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Zeros where there is none: no passage has a query in this language."""
    total = as_float32(matrices[0]) if matrices else np.zeros(shape, np.float32)
    for matrix in matrices[1:]:
        total += as_float32(matrix)
    return total


class _Dealer:
    """Deals passages with queries to the folds, run by run, and leaves out what is too much.

    :param covered: how many there are in the whole store.
    """

    def __init__(self, covered: int, columns: int) -> None:
        self.covered = covered
        self._dealt = 0
        self._kept = -(-min(covered, _LEARNED_FROM) // _CHUNKS)
        self._sampled = max(1, min(self._kept, _SAMPLED_VECTORS // (1 + columns) // _CHUNKS))

    def deal(self, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The fold of each passage, -1 where it is left out, and whether it is kept for the held-out scores.

        :param asked: whether it has queries, bool ``[passages]``.
        """
        order = self._dealt + np.cumsum(asked) - 1
        self._dealt += int(asked.sum())
        chunks = order * _CHUNKS // max(self.covered, 1)
        inside = order - -(-chunks * self.covered // _CHUNKS)
        folds = np.where(asked & (inside < self._kept), chunks % _FOLDS, -1)
        return folds, (folds >= 0) & (inside < self._sampled)


def _learn_from(
    seen: _Seen, deal: _Dealer, passages: np.ndarray, sums: Sequence[np.ndarray], numbers: np.ndarray
) -> None:
    folds, sampled = deal.deal(numbers.any(axis=1))
    for fold, pairs in enumerate(seen.folds):
        rows = folds == fold
        if rows.any():
            pairs.add(passages[rows], [own[rows] for own in sums], numbers[rows])
        kept = rows & sampled
        if kept.any():
            means = np.stack(
                [own[kept] / np.maximum(number[kept], 1)[:, None] for own, number in zip(sums, numbers.T, strict=True)]
            )
            seen.sampled.append((fold, passages[kept], means, numbers[kept].T > 0))


def _means(
    store: VectorStore, seen: _Seen, columns: tuple[str, ...], rows: tuple[str, ...], bank: BankMeans | None
) -> np.ndarray:
    """Each language's mean query, float64 ``[languages, dimension]``.

    :raises UsageError: the bank is of another encoder, or a language has neither queries nor bank.
    """
    if bank is not None and bank.fingerprint != store.meta.fingerprint:
        raise UsageError(
            f"the bank {bank.name} was encoded by another encoder (fingerprint {bank.fingerprint[:12]}…) than "
            f"{store.folder} ({store.meta.fingerprint[:12]}…); encode it with {store.meta.encoder}"
        )
    everything = np.sum([np.zeros(store.meta.dimension), *(own.total for own in seen.moments)], axis=0)
    number = sum(own.queries for own in seen.moments)
    means = []
    for code in rows:
        own = seen.moments[columns.index(code)] if code in columns else QueryMoments(np.zeros(store.meta.dimension))
        if bank is not None and code in bank.means:
            means.append((own.total + _BANK_COUNTS * bank.means[code]) / (own.queries + _BANK_COUNTS))
        elif own.queries:
            means.append((own.total + _OTHERS_COUNT * everything / number) / (own.queries + _OTHERS_COUNT))
        else:
            raise UsageError(
                f"{store.folder} has no queries in {code}, and "
                + (f"the bank {bank.name} no texts in it" if bank is not None else "no bank is given")
                + "; give a --bank that has some, or leave the language out of --languages"
            )
    return np.array(means).reshape(len(rows), store.meta.dimension)


def _kappas(seen: _Seen, columns: tuple[str, ...], rows: tuple[str, ...]) -> tuple[float, ...]:
    """By language what the variances say, four digits of it; where they say nothing, what other languages' say."""
    own = {code: seen.moments[column].kappa for column, code in enumerate(columns)}
    known = [kappa for kappa in own.values() if kappa is not None]
    usual = float(np.median(known)) if known else NOISE_KAPPA
    chosen = (own.get(code) for code in rows)
    return tuple(float(f"{min(max(usual if kappa is None else kappa, 0.1), LARGEST_KAPPA):.4g}") for kappa in chosen)


def _centres(seen: _Seen, columns: tuple[str, ...], rows: tuple[str, ...]) -> np.ndarray:
    """The mean passage that goes with each language's mean query, float64 ``[languages, dimension]``: that of the
    passages whose queries they are, else that of all.
    """
    everywhere = np.broadcast_to(seen.mean_passage, (len(rows), len(seen.mean_passage))).copy()
    if seen.folds:
        whole = sum(seen.folds[1:], seen.folds[0])
        inputs, _ = whole.centres
        for row, code in enumerate(rows):
            if code in columns and whole.weights[columns.index(code)] > 0:
                everywhere[row] = inputs[columns.index(code)]
            elif whole.weights.sum() > 0:
                everywhere[row] = whole.inputs.sum(axis=0) / whole.weights.sum()
    return everywhere


def _held_out(
    seen: _Seen,
    columns: tuple[str, ...],
    means: np.ndarray,
    rows: tuple[str, ...],
    predictor: Predictor,
    alpha: float,
) -> HeldOutScores | None:
    chosen = [row for row, code in enumerate(rows) if code in columns]
    places = [columns.index(rows[row]) for row in chosen]
    sample = HeldOutSample(
        np.concatenate([np.full(len(passages), fold) for fold, passages, _, _ in seen.sampled]),
        np.concatenate([passages for _, passages, _, _ in seen.sampled]),
        np.concatenate([own[places] for _, _, own, _ in seen.sampled], axis=1),
        np.concatenate([there[places] for _, _, _, there in seen.sampled], axis=1),
    )
    centres = _centres(seen, columns, rows)[chosen].astype(np.float32)
    return held_out_scores(sample, means[chosen].astype(np.float32), predictor.folds, centres, alpha)
