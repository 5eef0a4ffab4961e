"""Batches hold every text once, keep to the budget and waste little."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.encoder.batching import TOKEN_BUDGET, pad, plan_batches


@pytest.mark.parametrize("seed", range(20))
def test_every_text_is_in_one_batch_and_batches_keep_to_the_budget(seed: int):
    chance = np.random.default_rng(seed)
    lengths = chance.integers(1, chance.integers(2, 600), chance.integers(1, 400)).tolist()
    budget = int(chance.integers(1, 2048))
    batches = plan_batches(lengths, budget)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[position] for position in batch) * len(batch) <= budget


def test_batches_are_as_full_as_the_budget_allows():
    lengths = [7, 3, 5, 3, 7, 100]
    assert [batch.tolist() for batch in plan_batches(lengths, 10)] == [[1, 3], [2], [0], [4], [5]]
    assert [batch.tolist() for batch in plan_batches(lengths, 35)] == [[1, 3, 2, 0, 4], [5]]


def test_the_same_lengths_give_the_same_batches():
    lengths = [5] * 1000
    first, second = plan_batches(lengths), plan_batches(list(lengths))
    assert [batch.tolist() for batch in first] == [batch.tolist() for batch in second]
    assert np.concatenate(first).tolist() == list(range(1000)), "ties stay in the order given"
    assert len(first[0]) == TOKEN_BUDGET // 5


def test_no_texts_make_no_batches():
    assert plan_batches([]) == []


def test_padding_is_masked():
    ids, mask = pad([np.array([5, 6, 7], np.int32), np.array([8], np.int32)], pad_id=1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
    assert ids.dtype == mask.dtype == np.int64
