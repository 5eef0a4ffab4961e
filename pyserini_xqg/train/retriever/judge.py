"""How good the model is on held-out queries: the loss, how high their passages rank, and how far queries have drifted
from their passages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyserini_xqg.encoder.batching import plan_batches
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import TrainingError
from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.train.fit import ROWS
from pyserini_xqg.train.retriever.data.batches import Frozen, QueryCollator
from pyserini_xqg.train.retriever.data.questions import TrainingQuery
from pyserini_xqg.train.retriever.data.typos import Typos
from pyserini_xqg.train.retriever.objective import BatchLoss
from pyserini_xqg.train.retriever.tower import TowerTokens, embed, padded
from pyserini_xqg.train.settings import TrainSettings

CLEAN, MISSPELLED, COSINE, BASE_COSINE = "mrr", "mrr_misspelled", "cosine", "cosine_base"
"""What the judge gives beside ``loss``: MRR@10 of the held-out queries among the held-out passages, as they are and
with one word misspelled; the mean cosine between queries and their passages; and that between queries and what the base
model makes of them."""
_TOKEN_BUDGET = 4096


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What is judged by.

    :param texts: of all passages.
    :param pool: rows of the passages that the queries are ranked among.
    :param collator: makes batches of the queries.
    :param frozen: the base model's embeddings: of all passages, None where they are trained; and of the queries, None
        where they are not known.
    """

    questions: Sequence[TrainingQuery]
    texts: Sequence[str]
    pool: np.ndarray
    collator: QueryCollator
    frozen: Frozen


class RetrieverJudge:
    """A judge for :class:`pyserini_xqg.train.fit.Task`."""

    def __init__(
        self, held_out: HeldOut, loss: BatchLoss, tokens: TowerTokens, settings: ExportSettings, training: TrainSettings
    ) -> None:
        questions, batch_size = held_out.questions, training.batch_size
        self._questions = questions
        self._collator = held_out.collator
        self._loss = loss
        self._settings = settings
        self._tokens = tokens
        self._pool = held_out.pool
        self._frozen = held_out.frozen.passages
        self._base = held_out.frozen.queries
        self._batches = [
            list(range(start, min(start + batch_size, len(questions))))
            for start in range(0, len(questions), batch_size)
        ]
        typos = Typos(1.0, 0.0, training.seed)
        self._clean = tokens([question.text for question in questions], Side.QUERY)
        self._misspelled = tokens(
            [typos(question.text, question.code, "held out", row) for row, question in enumerate(questions)], Side.QUERY
        )
        self._passages = (
            [] if self._frozen is not None else tokens([held_out.texts[row] for row in self._pool], Side.PASSAGE)
        )
        self._labelled = np.asarray([bool(question.positives) for question in questions])

    def __call__(self, model: Any) -> dict[str, float]:
        """``loss``, and where queries have labels :data:`CLEAN`, :data:`MISSPELLED` and :data:`COSINE`, the first two
        also by language.

        :raises TrainingError: the loss is not a number.
        """
        found = {"loss": self._mean_loss(model)}
        clean = self._embedded(model, self._clean)
        if self._base is not None:
            found[BASE_COSINE] = float(_cosines(clean, torch.from_numpy(np.array(self._base))).mean())
        if self._labelled.any():
            passages = (
                self._embedded(model, self._passages)
                if self._frozen is None
                else torch.from_numpy(self._frozen[self._pool])
            )
            found |= self._ranked(clean, self._embedded(model, self._misspelled), passages)
        return found

    def _mean_loss(self, model: Any) -> float:
        total = 0.0
        for rows in self._batches:
            batch = {name: tensor.to(model.device) for name, tensor in self._collator(rows).items() if name != ROWS}
            total += len(rows) * float(self._loss(model, batch))
        mean = total / len(self._questions)
        if not abs(mean) < float("inf"):
            raise TrainingError(f"the loss on the held-out queries is {mean}")
        return mean

    def _embedded(self, model: Any, ids: list[list[int]]) -> Tensor:
        """Float32 ``[texts, dimension]``, on the CPU."""
        rows = torch.empty(len(ids), model.config.hidden_size)
        for positions in plan_batches([len(one) for one in ids], _TOKEN_BUDGET):
            input_ids, mask = padded([ids[position] for position in positions], self._tokens.pad_id)
            rows[torch.from_numpy(positions)] = (
                embed(model, input_ids.to(model.device), mask.to(model.device), self._settings).float().cpu()
            )
        return rows

    def _ranked(self, clean: Tensor, misspelled: Tensor, passages: Tensor) -> dict[str, float]:
        column = {int(row): place for place, row in enumerate(self._pool)}
        relevant = [[column[row] for row in question.positives] for question in self._questions]
        kept = np.flatnonzero(self._labelled)
        before, after = (
            reciprocal_ranks(vectors[kept] @ passages.T, [relevant[row] for row in kept])
            for vectors in (clean, misspelled)
        )
        own = torch.stack([passages[relevant[row]].mean(0) for row in kept])
        found = {
            CLEAN: float(before.mean()),
            MISSPELLED: float(after.mean()),
            COSINE: float(_cosines(clean[kept], own).mean()),
        }
        codes = np.asarray([question.code for question in self._questions if question.positives])
        for code in sorted(set(codes.tolist())):
            found |= {
                f"{CLEAN}_{code}": float(before[codes == code].mean()),
                f"{MISSPELLED}_{code}": float(after[codes == code].mean()),
            }
        return found


def reciprocal_ranks(scores: Tensor, relevant: Sequence[Sequence[int]], depth: int = 10) -> np.ndarray:
    """One over the rank of each query's best relevant passage, 0 beyond ``depth``; passages with the same score rank
    before it.

    :param scores: ``[queries, passages]``.
    :param relevant: columns of the relevant passages, at least one a query.
    :returns: float64 ``[queries]``.
    """
    values = scores.numpy().astype(np.float64)
    ranks = np.empty(len(values))
    for row, columns in enumerate(relevant):
        others = np.ones(values.shape[1], dtype=bool)
        others[list(columns)] = False
        ranks[row] = 1 + (values[row, others] >= values[row, list(columns)].max()).sum()
    return np.where(ranks <= depth, 1 / ranks, 0.0)


def _cosines(one: Tensor, other: Tensor) -> Tensor:
    return torch.nn.functional.cosine_similarity(one, other, dim=-1)
