"""Some of a store's own queries, each with what its passage is left with when it is taken away.

With it goes the query of the same rank in every other language: those of one rank are often one question in several
languages, and a passage that holds the translations of what it is asked would be found by them. Its translations and
glosses stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.text_kind import is_other
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.store.widen import as_float32


@dataclass(frozen=True, slots=True)
class QueriesLeftOut:
    """Queries that are left out one at a time, in the order of their passages.

    :param columns: the language of each, as a column of ``counts``, int64 ``[queries]``.
    :param queries: float32 ``[queries, dimension]``.
    :param numbers: the number in the corpus of the passage that each is about, int64 ``[queries]``.
    :param passages: those passages' vectors, float32 ``[queries, dimension]``.
    :param sums: for each language the sum of the passage's remaining queries, float32 ``[languages, queries,
        dimension]``.
    :param counts: how many those are, int64 ``[queries, languages]``.
    """

    columns: np.ndarray
    queries: np.ndarray
    numbers: np.ndarray
    passages: np.ndarray
    sums: np.ndarray
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.columns)

    def choose(self, rows: np.ndarray) -> QueriesLeftOut:
        """Some of them.

        :param rows: bool ``[queries]``.
        """
        return QueriesLeftOut(
            self.columns[rows],
            self.queries[rows],
            self.numbers[rows],
            self.passages[rows],
            self.sums[:, rows],
            self.counts[rows],
        )


def read_left_out(
    store: VectorStore, languages: Sequence[str], first: int | None, most: int, seed: int
) -> QueriesLeftOut:
    """Draw queries, as many of each language as there are or as fit.

    :param languages: columns of the store; those of questions are drawn from.
    :param first: only the first so many queries of each language and passage.
    :param most: how many to draw at most, over all languages.
    :raises UsageError: the store keeps no single queries, has none, or ``most`` is less than one a language.
    """
    if store.meta.keep is not Keep.RANKS:
        raise UsageError(
            f"{store.folder} keeps {store.meta.keep.words}, of which no single query can be left out; encode with "
            "--keep ranks, or tune on labelled questions with --topics and --qrels"
        )
    questions = _questions(languages)
    if not questions.any():
        raise UsageError(f"{store.folder} has no queries to leave out; tune on --topics and --qrels")
    number = int(questions.sum())
    if most < number:
        raise UsageError(f"--left-out is {most}; it must be at least one query for each of {number} languages")
    totals = questions * sum(shard.counts(languages, first).sum(axis=0, dtype=np.int64) for shard in store.shards())
    random = np.random.default_rng(seed)
    drawn = [
        np.sort(random.choice(total, min(total, most // number), replace=False, shuffle=False))
        for total in np.asarray(totals).tolist()
    ]
    parts = list(_of_shards(store, languages, first, drawn))
    joined = [np.concatenate(arrays, axis=int(place == _SUMS)) for place, arrays in enumerate(zip(*parts, strict=True))]
    return QueriesLeftOut(*joined)


def _questions(languages: Sequence[str]) -> np.ndarray:
    return np.array([not is_other(name) for name in languages], dtype=bool)


_SUMS = 4
"""The field whose queries lie along its second axis."""


def _of_shards(
    store: VectorStore, languages: Sequence[str], first: int | None, drawn: Sequence[np.ndarray]
) -> Iterator[tuple[np.ndarray, ...]]:
    """The fields of each shard's part.

    :param drawn: for each language the ordinals of its queries, ascending, over all shards.
    """
    passages, queries = 0, np.zeros(len(languages), dtype=np.int64)
    for shard in store.shards():
        counts = shard.counts(languages, first).astype(np.int64)
        chosen = []
        for column, ordinals in enumerate(drawn):
            ends = queries[column] + np.cumsum(counts[:, column])
            inside = ordinals[(ordinals >= queries[column]) & (ordinals < ends[-1])]
            rows = np.searchsorted(ends, inside, side="right")
            ranks = inside - (ends[rows] - counts[rows, column])
            chosen.append(np.stack([rows, np.full(len(rows), column), ranks]))
            queries[column] = ends[-1]
        found = np.concatenate(chosen, axis=1)
        rows, columns, ranks = found[:, np.lexsort(found[::-1])]
        matrices = shard.query_matrices(languages, first)
        queries_of, sums, remaining = _read(matrices, counts, _questions(languages), (rows, columns, ranks))
        yield columns, queries_of, rows + passages, as_float32(shard.passages()[rows]), sums, remaining
        passages += shard.passages_count


def _read(
    by_language: Sequence[Sequence[np.ndarray]],
    counts: np.ndarray,
    questions: np.ndarray,
    left: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The queries that are left out, and the sums and numbers of those that remain.

    :param by_language: the matrices of each language's ranks, ``[passages, dimension]``.
    :param counts: int64 ``[passages, languages]``.
    :param questions: which columns are of questions, bool ``[languages]``.
    :param left: the row, column and rank of each query that is left out, int64 ``[queries]``.
    """
    rows, columns, ranks = left
    dimension = by_language[0][0].shape[1]
    queries = np.zeros((len(rows), dimension), dtype=np.float32)
    sums = np.zeros((len(by_language), len(rows), dimension), dtype=np.float32)
    for column, matrices in enumerate(by_language):
        for rank, matrix in enumerate(matrices):
            vectors = as_float32(matrix[rows])
            left_out = (columns == column) & (ranks == rank)
            queries[left_out] = vectors[left_out]
            stays = (ranks != rank) | (not questions[column])
            sums[column][stays] += vectors[stays]
    return queries, sums, counts[rows] - ((counts[rows] > ranks[:, None]) & questions)
