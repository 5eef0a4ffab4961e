"""Puts model, batches, loss and judge together for the shared loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.train.fit import FittedModel, Task, fit
from pyserini_xqg.train.retriever.base import Base
from pyserini_xqg.train.retriever.data.batches import EpochSampler, Frozen, QueryCollator, Questions
from pyserini_xqg.train.retriever.data.material import Data
from pyserini_xqg.train.retriever.data.questions import TrainingQuery
from pyserini_xqg.train.retriever.data.typos import Typos
from pyserini_xqg.train.retriever.data.vectors import base_vectors
from pyserini_xqg.train.retriever.judge import HeldOut, RetrieverJudge
from pyserini_xqg.train.retriever.objective import BatchLoss
from pyserini_xqg.train.retriever.options import RetrieverOptions, Tower
from pyserini_xqg.train.retriever.tower import TokenizerFiles, TowerTokens, load_tower
from pyserini_xqg.train.settings import TrainSettings

_NAMED = 3
"""Queries of a bad batch that are named."""


@dataclass(frozen=True, slots=True)
class BaseEncoding:
    """What embeds with the base model, and where the embeddings are kept; no encoder where nothing is asked of it."""

    encoder: Encoder | None
    folder: Path


def fit_retriever(
    *,
    data: Data,
    base: Base,
    settings: TrainSettings,
    options: RetrieverOptions,
    encoding: BaseEncoding,
    work: Path,
    resume: Path | None,
    say: Callable[[str], None],
) -> FittedModel:
    """Train, or go on from ``resume``.

    :raises EncoderError: model and passages are of different dimensions.
    :raises TrainingError: the training cannot go on.
    :raises OutputError: ``work`` cannot be written.
    """
    train, held_out = data.split.train, data.split.held_out
    both = options.tower is Tower.BOTH
    of_train, of_held_out = _frozen(data, options, encoding)
    model = load_tower(base.checkpoint, options.freeze)
    if of_held_out.passages is not None and of_held_out.passages.shape[1] != model.config.hidden_size:
        raise EncoderError(
            f"{base.checkpoint.source} gives {model.config.hidden_size} dimensions, the passages' encoder "
            f"{base.passages_name} {of_held_out.passages.shape[1]}; give the encoder of this very model as "
            "--passage-encoder"
        )
    if not base.same_make:
        say(
            f"{base.passages_name} was not made of {base.checkpoint.source}: the queries have to learn where its "
            "passages lie"
        )
    tokens = TowerTokens(base.checkpoint, model.config.vocab_size, base.settings, model.config.pad_token_id or 0)
    loss = BatchLoss(options, base.settings)
    typos = Typos(options.probability, options.second_word, settings.seed)
    collator_of = partial(
        QueryCollator, texts=data.passages.texts, tokens=tokens, typos=typos, options=options, trains_passages=both
    )
    collator = collator_of(questions=train, pool=data.pool, frozen=of_train)
    judged = collator_of(questions=held_out, pool=data.judged_pool, frozen=of_held_out)
    judged.epoch = "held out"
    of_judge = Frozen(None if both else of_held_out.passages, of_held_out.queries)
    judge = RetrieverJudge(
        HeldOut(held_out, data.passages.texts, data.judged_pool, judged, of_judge),
        loss,
        tokens,
        base.settings,
        settings,
    )
    steps = settings.total_steps(len(train))
    trained, whole = (
        sum(weights.numel() for weights in model.parameters() if weights.requires_grad or every)
        for every in (False, True)
    )
    a_step = settings.batch_size * settings.accumulate
    say(
        f"{base.checkpoint.source}: {trained:,} of {whole:,} parameters are trained, at {settings.precision} on "
        f"{'the GPU' if torch.cuda.is_available() else 'the CPU'}; {steps:,} steps of {a_step} queries, "
        f"{steps * a_step / len(train):.1f} times through all" + (f"; going on from {resume}" if resume else "")
    )
    lengths = [len(ids) for ids in tokens([question.text for question in train], Side.QUERY)]
    sampler = EpochSampler(lengths, settings.batch_size, settings.seed, collator)
    task = Task(
        model,
        TokenizerFiles(base.checkpoint.folder),
        Questions(len(train)),
        sampler,
        collator,
        judge,
        _describer(train),
        loss,
    )
    return fit(task, settings, steps, work, resume)


def _describer(questions: Sequence[TrainingQuery]) -> Callable[[Sequence[int]], str]:
    def describe(rows: Sequence[int]) -> str:
        named = ", ".join(f"{questions[row].where} ({questions[row].text[:40]!r})" for row in rows[:_NAMED])
        return named + (", …" if len(rows) > _NAMED else "")

    return describe


def _frozen(data: Data, options: RetrieverOptions, encoding: BaseEncoding) -> tuple[Frozen, Frozen]:
    """The base model's embeddings, for training and for judging."""
    if encoding.encoder is None or (options.tower is Tower.BOTH and not options.aligns):
        return Frozen(), Frozen()
    encoder = encoding.encoder
    passages = base_vectors(encoder, data.passages.texts, Side.PASSAGE, encoding.folder)

    def queries(questions: list[TrainingQuery]) -> np.ndarray:
        return base_vectors(encoder, [question.text for question in questions], Side.QUERY, encoding.folder)

    return Frozen(passages, queries(data.split.train) if options.aligns else None), Frozen(
        passages, queries(data.split.held_out)
    )
