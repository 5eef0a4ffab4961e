"""Sampling token after token from many prompts at once, by random numbers that are each sample's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import numpy as np
import torch

from pyserini_xqg.encoder.batching import plan_batches
from pyserini_xqg.expand.models.sampling import Sampling


class Rows(Protocol):
    """The state of a model that continues several texts at once, a row each."""

    def step(self, tokens: torch.Tensor) -> torch.Tensor:
        """Add one token to each row.

        :param tokens: int64 ``[rows]``.
        :returns: logits of the next token, ``[rows, vocabulary]``.
        """

    def keep(self, rows: torch.Tensor) -> None:
        """Go on with these rows only; int64 indices."""


def uniforms(rows: int, sampling: Sampling, seed: int) -> torch.Tensor:
    """The random numbers of a unit, float32 ``[rows, max_tokens]`` in [0, 1): a sample's depend on its row, not on its
    batch.
    """
    return torch.rand(rows, sampling.max_tokens, generator=torch.Generator().manual_seed(seed))


def choose(logits: torch.Tensor, chances: torch.Tensor, sampling: Sampling) -> torch.Tensor:
    """One token for each row, by inverting the cumulative distribution.

    :param logits: ``[rows, vocabulary]``.
    :param chances: float32 ``[rows]`` in [0, 1).
    :returns: int64 ``[rows]``.
    """
    size = logits.shape[-1]
    best, tokens = logits.float().topk(min(sampling.top_k or size, size), dim=-1)
    cumulative = torch.softmax(best / sampling.temperature, dim=-1).cumsum(-1)
    if sampling.top_p < 1:  # the first token whose cumulative probability reaches top_p is the last one to choose
        reached = torch.searchsorted(cumulative, torch.full_like(cumulative[:, :1], sampling.top_p)).clamp(
            max=cumulative.shape[-1] - 1
        )
        total = cumulative.gather(1, reached)
    else:
        total = cumulative[:, -1:]
    position = torch.searchsorted(cumulative, chances[:, None].to(cumulative) * total, right=True).clamp(
        max=cumulative.shape[-1] - 1
    )
    return tokens.gather(1, position)[:, 0]


def sample_batches(
    *,
    lengths: Sequence[int],
    number: int,
    sampling: Sampling,
    seed: int,
    token_budget: int,
    tokenizer: Any,
    write: Callable[[np.ndarray, torch.Tensor], list[list[int]]],
) -> list[tuple[list[str], list[int]]]:
    """Sample several continuations of each prompt, in batches of prompts of similar length.

    :param lengths: of the prompts, in tokens.
    :param number: continuations a prompt.
    :param token_budget: padded tokens of prompts in a batch.
    :param write: continues the prompts at these places, an int64 array, each so many times, with random numbers
        ``[prompts · number, max_tokens]``; gives the tokens of each continuation.
    :returns: for each prompt its continuations, and how many tokens each of them has.
    """
    chances = uniforms(len(lengths) * number, sampling, seed).view(len(lengths), number, -1)
    found: list[tuple[list[str], list[int]]] = [([], [])] * len(lengths)
    for places in plan_batches(lengths, token_budget):
        ids = write(places, chances[torch.from_numpy(places)].flatten(0, 1))
        decoded = tokenizer.batch_decode(ids, skip_special_tokens=True)
        for row, place in enumerate(places):
            mine = slice(row * number, (row + 1) * number)
            found[place] = decoded[mine], [len(tokens) for tokens in ids[mine]]
    return found


_SHRINK_BELOW = 0.75
"""Rows are moved together once so few of them are unfinished: each move copies the state of all that stay."""


def sample(
    rows: Rows, logits: torch.Tensor, chances: torch.Tensor, sampling: Sampling, ends: Collection[int]
) -> list[list[int]]:
    """Continue every row until it ends or is as long as it may be.

    :param logits: those of the first token, ``[rows, vocabulary]``.
    :param chances: float32 ``[rows, max_tokens]``, on the CPU.
    :param ends: tokens that end a row; they are not part of what comes back.
    """
    device = logits.device
    chances, ending = chances.to(device), torch.tensor(sorted(ends), device=device)
    written = torch.full(chances.shape, -1, dtype=torch.int64, device=device)
    going = torch.arange(len(chances), device=device)
    unfinished = torch.ones(len(chances), dtype=torch.bool, device=device)
    for position in range(sampling.max_tokens):
        tokens = choose(logits, chances[going, position], sampling)
        unfinished = unfinished & ~torch.isin(tokens, ending)
        written[going[unfinished], position] = tokens[unfinished]
        left = int(unfinished.sum())
        if not left or position + 1 == sampling.max_tokens:
            break
        if left < _SHRINK_BELOW * len(going):
            rows.keep(unfinished.nonzero()[:, 0])
            going, tokens, unfinished = going[unfinished], tokens[unfinished], unfinished[unfinished]
        logits = rows.step(tokens)
    return [[token for token in row if token >= 0] for row in written.tolist()]
