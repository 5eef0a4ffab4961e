"""The held-out loss, by language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from pyserini_xqg.encoder.batching import plan_batches
from pyserini_xqg.errors import TrainingError
from pyserini_xqg.train.batches import IGNORED
from pyserini_xqg.train.fit import ROWS
from pyserini_xqg.train.generator.data.encoding import Encoded, ExampleCollator

_TOKEN_BUDGET = 8192


def held_out_loss(held_out: Encoded, collate: ExampleCollator) -> Callable[[Any], dict[str, float]]:
    """A judge for :class:`pyserini_xqg.train.fit.Task`.

    It gives the mean negative log-likelihood of a query's token in nats: ``loss`` over all, ``loss_LANG`` for each
    language.
    """
    batches = plan_batches(held_out.lengths(), _TOKEN_BUDGET)
    codes = [example.code for example in held_out.examples]

    def judge(model: Any) -> dict[str, float]:
        sums: dict[str, list[float]] = {code: [0.0, 0.0] for code in sorted(set(codes))}
        for positions in batches:
            batch = collate([held_out[int(row)] for row in positions])
            rows = batch.pop(ROWS)
            batch = {name: tensor.to(model.device) for name, tensor in batch.items()}
            logits = model(**batch).logits.float()
            labels = batch["labels"]
            losses = torch.nn.functional.cross_entropy(
                logits.transpose(1, 2), labels, ignore_index=IGNORED, reduction="none"
            )
            for row, loss, tokens in zip(
                rows.tolist(), losses.sum(1).tolist(), (labels != IGNORED).sum(1).tolist(), strict=True
            ):
                sums[codes[row]][0] += loss
                sums[codes[row]][1] += tokens
        return mean_losses(sums)

    return judge


def mean_losses(sums: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """What a judge gives.

    :param sums: by language the losses' sum and the number of tokens; a language without any is left out.
    :raises TrainingError: a loss is not a number.
    """
    total = sum(loss for loss, _ in sums.values()) / sum(tokens for _, tokens in sums.values())
    if not total < float("inf"):
        raise TrainingError(f"the loss on the held-out examples is {total}")
    return {"loss": total, **{f"loss_{code}": loss / tokens for code, (loss, tokens) in sums.items() if tokens}}
