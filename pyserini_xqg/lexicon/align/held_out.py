"""Which sentence pairs are held out, by a hash of the source sentence: whatever comes again is held out again, so that
nothing is judged by what was learned from it.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence

SHARE, LEAST, MOST = 0.02, 50, 2000
"""Of different source sentences: the share held out, and how many at least and at most."""


def key_of(words: Sequence[str], seed: int) -> int:
    """The hash of a sentence, 64 bits."""
    text = f"{seed} {' '.join(words)}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


class SmallestKeys:
    """Keeps the smallest different ones of many keys."""

    def __init__(self) -> None:
        self._heap: list[int] = []
        self._held: set[int] = set()

    def add(self, key: int) -> None:
        """Look at one more."""
        if key in self._held or (len(self._heap) == MOST and key > -self._heap[0]):
            return
        self._held.add(key)
        heapq.heappush(self._heap, -key)
        if len(self._heap) > MOST:
            self._held.remove(-heapq.heappop(self._heap))

    def __len__(self) -> int:
        """How many different keys there are; no more than :data:`MOST` are counted."""
        return len(self._held)

    def limit(self, pairs: int) -> int:
        """The largest key that is held out; 0 where there are none.

        :param pairs: how many sentence pairs there are.
        """
        number = max(LEAST, min(MOST, round(SHARE * pairs)))
        return max(sorted(self._held)[:number], default=0)
