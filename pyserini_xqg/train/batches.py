"""In what order examples are seen: shuffled, but with neighbours of similar length, so that little is padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from torch.utils.data import Sampler

IGNORED = -100
"""The label of what is not learned; the one that torch's losses leave out."""
_POOL = 50
"""Batches that are sorted by length together: enough to save the padding, few enough that every epoch has other
batches.
"""


class GroupedSampler(Sampler[int]):
    """Positions in an order that depends on seed and epoch alone; each run of ``batch_size`` of them is a batch.

    :param lengths: of the examples, in tokens.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths = np.asarray(lengths)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def set_epoch(self, epoch: int) -> None:
        """Which time the examples are seen, from 0."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        chance = np.random.default_rng([self._seed, self._epoch])
        shuffled = chance.permutation(len(self))
        pool = _POOL * self._batch_size
        pools = [shuffled[start : start + pool] for start in range(0, len(self), pool)]
        ordered = (
            np.concatenate([one[np.argsort(-self._lengths[one], kind="stable")] for one in pools])
            if len(self)
            else shuffled
        )
        batches = [ordered[start : start + self._batch_size] for start in range(0, len(self), self._batch_size)]
        last = (
            batches.pop() if batches and len(batches[-1]) < self._batch_size else None
        )  # only the last batch may be short
        chance.shuffle(whole := list(range(len(batches))))
        for number in whole:
            yield from batches[number].tolist()
        if last is not None:
            yield from last.tolist()
