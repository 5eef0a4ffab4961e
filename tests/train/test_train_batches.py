"""The order in which examples are seen."""

from __future__ import annotations

import numpy as np

from pyserini_xqg.train.batches import GroupedSampler

LENGTHS = np.random.default_rng(0).integers(5, 200, 1003).tolist()


def order(seed: int = 0, epoch: int = 0) -> list[int]:
    sampler = GroupedSampler(LENGTHS, 8, seed)
    sampler.set_epoch(epoch)
    return list(sampler)


def test_every_example_once_in_an_order_of_seed_and_epoch():
    assert sorted(order()) == list(range(1003))
    assert order() == order()
    assert order() != order(seed=1)
    assert order() != order(epoch=1)


def test_little_is_padding():
    lengths = np.array(LENGTHS)
    batches = [lengths[order()[start : start + 8]] for start in range(0, 1000, 8)]
    padded = sum(len(batch) * batch.max() for batch in batches)
    assert padded < 1.08 * sum(batch.sum() for batch in batches)
    shuffled = lengths[np.random.default_rng(1).permutation(1003)][:1000].reshape(-1, 8)
    assert (8 * shuffled.max(axis=1)).sum() > 1.5 * shuffled.sum(), "which it would be without"


def test_batches_of_all_lengths_come_at_all_times():
    means = [np.mean([LENGTHS[row] for row in order()[start : start + 8]]) for start in range(0, 1000, 8)]
    assert abs(np.mean(means[:40]) - np.mean(means[-40:])) < 40


def test_fewer_than_a_batch():
    assert sorted(GroupedSampler([3, 9], 8, 0)) == [0, 1]
    assert list(GroupedSampler([], 8, 0)) == []
