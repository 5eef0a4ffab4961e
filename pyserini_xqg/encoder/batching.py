"""Batches of texts of similar length under a token budget: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Batch = tuple[np.ndarray, np.ndarray]
"""``input_ids`` and ``attention_mask``, both int64 ``[batch, tokens]``."""
TOKEN_BUDGET = 1024
"""Padded tokens a batch. On two cores 1,024 beat 4,096 by 1.4x on passages: the activations of a layer then stay in
cache.
"""


def plan_batches(lengths: Sequence[int], token_budget: int = TOKEN_BUDGET) -> list[np.ndarray]:
    """Group texts so that padding is rare and no batch exceeds the budget.

    Texts are sorted by length, ties in the order given, so that the same lengths always give the same batches.

    :param lengths: tokens of each text, at least 1.
    :param token_budget: at most this many tokens a batch, padding counted; a single longer text is a batch of its own.
    :returns: int64 arrays of positions in ``lengths``; each position is in exactly one.
    """
    order = np.argsort(np.asarray(lengths, dtype=np.int64), kind="stable")
    batches: list[np.ndarray] = []
    start = 0
    for end in range(1, len(order) + 1):
        # Sorted by length, so the next text would be the longest of its batch.
        if end == len(order) or lengths[order[end]] * (end + 1 - start) > token_budget:
            batches.append(order[start:end])
            start = end
    return batches


def pad(token_ids: Sequence[np.ndarray], pad_id: int) -> Batch:
    """Stack token ids into one rectangle.

    :param token_ids: a 1-d integer array for each text.
    :returns: ``input_ids`` and ``attention_mask``, both int64 ``[len(token_ids), longest]``.
    """
    longest = max(len(ids) for ids in token_ids)
    input_ids = np.full((len(token_ids), longest), pad_id, dtype=np.int64)
    attention_mask = np.zeros((len(token_ids), longest), dtype=np.int64)
    for row, ids in enumerate(token_ids):
        input_ids[row, : len(ids)] = ids
        attention_mask[row, : len(ids)] = 1
    return input_ids, attention_mask
