"""The loss of a batch: what the objective, and the alignment beside it, make of the embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from pyserini_xqg.export.settings import ExportSettings
from pyserini_xqg.train.retriever import losses
from pyserini_xqg.train.retriever.options import Objective, RetrieverOptions
from pyserini_xqg.train.retriever.tower import embed

_OF_UNIT_VECTORS = 0.02
_ALIGNMENT_OF_UNIT_VECTORS = 0.05
"""Warmer than the contrastive one: the base model's whole ranking is to be kept, not its first place alone."""


@dataclass(frozen=True, slots=True)
class EmbeddedBatch:
    """A batch's embeddings, float32.

    :param clean: ``[queries, dimension]``; None where the objective does without.
    :param misspelled: ``[variants, queries, dimension]``; None where the objective does without.
    :param passages: ``[passages, dimension]``.
    """

    clean: Tensor | None
    misspelled: Tensor | None
    passages: Tensor


class BatchLoss:
    """Computes the loss of a batch that :class:`~pyserini_xqg.train.retriever.data.batches.QueryCollator` made."""

    def __init__(self, options: RetrieverOptions, settings: ExportSettings) -> None:
        self._options = options
        self._settings = settings
        self._temperature = options.temperature or (_OF_UNIT_VECTORS if settings.normalize else 1.0)
        self._align_temperature = options.align_temperature or (
            _ALIGNMENT_OF_UNIT_VECTORS if settings.normalize else 1.0
        )

    def __call__(self, model: Any, batch: dict[str, Tensor]) -> Tensor:
        """The loss, with its graph."""
        embedded = self._embedded(model, batch)
        with torch.autocast(embedded.passages.device.type, enabled=False):
            return self._loss(embedded, batch)

    def _embedded(self, model: Any, batch: dict[str, Tensor]) -> EmbeddedBatch:
        def of(name: str) -> Tensor | None:
            if f"{name}_ids" not in batch:
                return None
            return embed(model, batch[f"{name}_ids"], batch[f"{name}_mask"], self._settings, self._options.chunk)

        misspelled = of("misspelled")
        if misspelled is not None:
            misspelled = misspelled.view(self._options.variants, -1, misspelled.shape[1])
        passages = batch["passages"] if "passages" in batch else of("passage")
        assert passages is not None
        return EmbeddedBatch(of("clean"), misspelled, passages)

    def _loss(self, embedded: EmbeddedBatch, batch: dict[str, Tensor]) -> Tensor:
        if self._options.objective is Objective.ALIGNED:
            return self._aligned(embedded, batch)
        learned = self._learned(embedded, batch["positive"], batch["excluded"])
        return (
            learned + self._options.align_weight * self._aligned(embedded, batch)
            if self._options.align_weight
            else learned
        )

    def _learned(self, embedded: EmbeddedBatch, positive: Tensor, excluded: Tensor) -> Tensor:
        clean = None if embedded.clean is None else embedded.clean @ embedded.passages.T
        misspelled = None if embedded.misspelled is None else embedded.misspelled @ embedded.passages.T
        options, temperature = self._options, self._temperature
        if misspelled is None:
            assert clean is not None
            return losses.contrastive(clean, positive, excluded, temperature)
        if clean is None:
            return torch.stack(
                [losses.contrastive(scores, positive, excluded, temperature) for scores in misspelled]
            ).mean()
        if options.objective is Objective.SELF_TEACHING:
            return losses.self_teaching(clean, misspelled, positive, excluded, temperature)
        return losses.dual_self_teaching(
            clean=clean,
            misspelled=misspelled,
            positive=positive,
            excluded=excluded,
            temperature=temperature,
            beta=options.beta,
            gamma=options.gamma,
            sigma=options.sigma,
        )

    def _aligned(self, embedded: EmbeddedBatch, batch: dict[str, Tensor]) -> Tensor:
        """Of the misspelled queries, where the objective has any; else of the clean ones."""
        base = batch["base"]
        base_scores = base @ batch.get("base_passages", embedded.passages).T
        students = (
            embedded.clean[None] if embedded.misspelled is None and embedded.clean is not None else embedded.misspelled
        )
        assert students is not None
        if "base_passages" in batch:  # trained as well, so they are held too
            apart = 1 - torch.nn.functional.cosine_similarity(embedded.passages, batch["base_passages"], dim=-1)
            held = self._options.align_cosine * apart.mean()
        else:
            held = base.new_zeros(())
        terms = [
            losses.alignment(
                student_scores=student @ embedded.passages.T,
                base_scores=base_scores,
                student=student,
                base=base,
                temperature=self._align_temperature,
                cosine=self._options.align_cosine,
            )
            for student in students
        ]
        return torch.stack(terms).mean() + held
