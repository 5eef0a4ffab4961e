"""From queries to batches: token ids of clean and of misspelled queries, and the passages that they are compared
with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import InputError
from pyserini_xqg.train.batches import GroupedSampler
from pyserini_xqg.train.fit import ROWS
from pyserini_xqg.train.retriever.data.questions import TrainingQuery
from pyserini_xqg.train.retriever.data.typos import Typos
from pyserini_xqg.train.retriever.options import RetrieverOptions
from pyserini_xqg.train.retriever.tower import TowerTokens, padded

_MOST_NEGATIVES = 7
"""Hard negatives a query where nobody said how many: with the positive one the eight of the paper's xDR."""


class Questions(Dataset[int]):
    """The training queries by number. What a batch holds of them depends on the epoch, which the collator knows."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> int:
        return row


class EpochSampler(GroupedSampler):
    """The order of the shared loop, which tells the collator the epoch."""

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int, collator: QueryCollator) -> None:
        super().__init__(lengths, batch_size, seed)
        self._collator = collator

    def set_epoch(self, epoch: int) -> None:
        """Which time the queries are seen, from 0."""
        super().set_epoch(epoch)
        self._collator.epoch = epoch


@dataclass(frozen=True, slots=True)
class Frozen:
    """What the base model makes of the passages and of the clean queries.

    :param passages: float32 ``[passages, dimension]``, of all passages; None where the passages are trained and nothing
        is aligned.
    :param queries: float32 ``[queries, dimension]``; None where nothing is aligned.
    """

    passages: np.ndarray | None = None
    queries: np.ndarray | None = None


class QueryCollator:
    """Makes batches of some queries.

    :param texts: all passages.
    :param pool: rows of the passages that queries are compared with where passages are frozen, ascending.
    :param trains_passages: whether batches hold the passages' token ids.
    """

    def __init__(
        self,
        *,
        questions: Sequence[TrainingQuery],
        texts: Sequence[str],
        pool: np.ndarray,
        tokens: TowerTokens,
        typos: Typos,
        options: RetrieverOptions,
        frozen: Frozen,
        trains_passages: bool,
    ) -> None:
        self._questions = questions
        self._texts = texts
        self._pool = pool
        self._tokens = tokens
        self._typos = typos
        self._options = options
        self._frozen = frozen
        self._trains_passages = trains_passages
        self.epoch: int | str = 0

    def __call__(self, rows: list[int]) -> dict[str, Tensor]:
        """A batch: :data:`ROWS`; ``clean_*`` and ``misspelled_*`` token ids and masks, the latter of all variants, one
        after another; ``positive`` int64 ``[queries]`` and ``excluded`` bool ``[queries, passages]``; the passages as
        ``passages`` (frozen, float32 ``[passages, dimension]``) or ``passage_*`` token ids; ``base`` and
        ``base_passages`` where queries are aligned.
        """
        questions = [self._questions[row] for row in rows]
        batch = {ROWS: torch.tensor(rows)}
        if self._options.objective.encodes_clean:
            batch |= self._padded("clean", [question.text for question in questions], Side.QUERY)
        if self._options.objective.encodes_misspelled:
            texts = [
                self._typos(question.text, question.code, self.epoch, row, variant)
                for variant in range(self._options.variants)
                for row, question in zip(rows, questions, strict=True)
            ]
            batch |= self._padded("misspelled", texts, Side.QUERY)
        if self._frozen.queries is not None:
            batch["base"] = torch.from_numpy(self._frozen.queries[rows])
        return batch | self._passages(rows, questions)

    def _padded(self, name: str, texts: list[str], side: Side) -> dict[str, Tensor]:
        ids, mask = padded(self._tokens(texts, side), self._tokens.pad_id)
        return {f"{name}_ids": ids, f"{name}_mask": mask}

    def _passages(self, rows: list[int], questions: list[TrainingQuery]) -> dict[str, Tensor]:
        chance = np.random.default_rng([self._typos.seed, *rows, *str(self.epoch).encode()])
        chosen = [int(chance.choice(question.positives)) if question.positives else -1 for question in questions]
        named = {row for row in chosen if row >= 0} | {
            row for question in questions for row in self._negatives(question, chance)
        }
        compared = np.asarray(sorted(named), dtype=np.int64) if self._trains_passages else self._compared(named, chance)
        place = {int(row): column for column, row in enumerate(compared)}
        excluded = torch.zeros(len(rows), len(compared), dtype=torch.bool)
        for number, (question, positive) in enumerate(zip(questions, chosen, strict=True)):
            for row in question.positives:
                if row != positive and row in place:
                    excluded[number, place[row]] = True
        batch = {"positive": torch.tensor([place.get(row, -1) for row in chosen]), "excluded": excluded}
        if self._trains_passages:
            batch |= self._padded("passage", [self._texts[int(row)] for row in compared], Side.PASSAGE)
        if self._frozen.passages is not None:
            batch["base_passages" if self._trains_passages else "passages"] = torch.from_numpy(
                self._frozen.passages[compared]
            )
        return batch

    def _negatives(self, question: TrainingQuery, chance: np.random.Generator) -> list[int]:
        number = _MOST_NEGATIVES if self._options.hard_negatives is None else self._options.hard_negatives
        if len(question.negatives) <= number:
            return list(question.negatives)
        return [int(row) for row in chance.choice(question.negatives, number, replace=False)]

    def _compared(self, named: set[int], chance: np.random.Generator) -> np.ndarray:
        """The whole pool, or the batch's own passages and a sample of the others."""
        if len(self._pool) <= self._options.candidates:
            return self._pool
        sampled = chance.choice(self._pool, self._options.candidates, replace=False)
        return np.union1d(sampled, np.asarray(sorted(named), dtype=np.int64))


def pool_of(questions: Sequence[TrainingQuery], others: Sequence[int] = ()) -> np.ndarray:
    """The rows of all passages that these queries name, and of others, ascending, int64."""
    named = {row for question in questions for row in (*question.positives, *question.negatives)}
    return np.asarray(sorted(named | set(others)), dtype=np.int64)


def check_negatives(questions: Sequence[TrainingQuery], options: RetrieverOptions) -> None:
    """See that every query has hard negatives where they were asked for.

    :raises InputError: with file and line, for the first that has none.
    """
    if options.hard_negatives:
        for question in _without(questions):
            raise InputError(
                question.where,
                f"the query {question.text[:60]!r} has an empty list of hard negatives, and --hard-negatives "
                f"{options.hard_negatives} asks for them; add some, find some by --mine, or train with "
                "--hard-negatives 0",
            )


def _without(questions: Sequence[TrainingQuery]) -> Iterator[TrainingQuery]:
    return (question for question in questions if not question.negatives)
