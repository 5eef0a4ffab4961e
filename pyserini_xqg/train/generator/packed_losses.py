"""The loss of rows in which several texts share a passage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from pyserini_xqg.encoder.batching import plan_batches
from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.train.batches import IGNORED
from pyserini_xqg.train.fit import ROWS
from pyserini_xqg.train.generator.data.packing import sees
from pyserini_xqg.train.generator.data.rows import PackedExamples, RowCollator
from pyserini_xqg.train.generator.losses import mean_losses

_TOKEN_BUDGET = 1024
"""A vocabulary of a quarter of a million takes a megabyte for each of them."""


def token_losses(model: Any, batch: Mapping[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of every token that is to be written, in nats.

    :param batch: as :class:`RowCollator` makes it.
    :returns: float32 ``[tokens]``, and the example of each, int64 ``[tokens]``.
    """
    labels = batch["labels"]
    columns = (labels != IGNORED).any(0).nonzero()[:, 0]
    out = model(
        input_ids=batch["ids"],
        position_ids=batch["positions"],
        attention_mask=_masks(model.config, batch),
        logits_to_keep=columns,  # a vocabulary's worth of numbers is dear where nothing is learned
        use_cache=False,
    )
    wanted = labels[:, columns]
    learned = wanted != IGNORED
    losses = torch.nn.functional.cross_entropy(out.logits[learned].float(), wanted[learned], reduction="none")
    return losses, batch["owners"][:, columns][learned]


def packed_loss(model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """The mean loss of a batch's tokens."""
    return token_losses(model, batch)[0].mean()


def _masks(config: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor | dict[str, torch.Tensor]:
    """What each kind of layer lets a token see; one mask where all layers are of one kind."""
    segments, positions = batch["segments"], batch["positions"]
    window = getattr(config, "sliding_window", None)
    kinds = set(getattr(config, "layer_types", None) or ())
    if len(kinds) < 2:
        slides = window is not None and "full_attention" not in kinds
        return sees(segments, positions, window if slides else None)
    known = {"full_attention": None, "sliding_attention": window}
    if strange := kinds - known.keys():
        raise GeneratorError(
            f"the model has layers of the kind {', '.join(sorted(strange))}, in which several texts cannot share a "
            "passage; such a model cannot be trained here"
        )
    return {kind: sees(segments, positions, known[kind]) for kind in sorted(kinds)}


def packed_held_out_loss(held_out: PackedExamples, collate: RowCollator) -> Callable[[Any], dict[str, float]]:
    """As :func:`~pyserini_xqg.train.generator.losses.held_out_loss`, for rows."""
    batches = plan_batches(held_out.lengths(), _TOKEN_BUDGET)
    codes = [example.code for example in held_out.examples]

    def judge(model: Any) -> dict[str, float]:
        sums: dict[str, list[float]] = {code: [0.0, 0.0] for code in sorted(set(codes))}
        for numbers in batches:
            batch = collate([held_out[int(number)] for number in numbers])
            batch.pop(ROWS)
            losses, owners = token_losses(model, {name: values.to(model.device) for name, values in batch.items()})
            for loss, owner in zip(losses.tolist(), owners.tolist(), strict=True):
                sums[codes[owner]][0] += loss
                sums[codes[owner]][1] += 1
        return mean_losses(sums)

    return judge
