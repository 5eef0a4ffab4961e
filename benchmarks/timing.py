"""Times several ways of doing the same work in turns, so that whatever else the machine does falls on all of them
alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from common import say


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each round of one way of doing the work."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The quickest round: the one that was disturbed least."""
        return min(self.seconds)

    @property
    def typical(self) -> float:
        """The middle round."""
        return median(self.seconds)

    def times_quicker(self, other: Times) -> str:
        """By how much this is quicker than ``other``: of the best rounds, and from the least to the most of the rounds
        taken in pairs.
        """
        pairs = [theirs / ours for theirs, ours in zip(other.seconds, self.seconds, strict=True)]
        return f"{other.best / self.best:.2f} ({min(pairs):.2f}–{max(pairs):.2f})"


def in_turns(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run all sides one after the other, ``rounds`` times over; warming up is theirs.

    Every other round goes backwards, so that no side always follows the same neighbour.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        order = list(sides)[:: 1 if turn % 2 == 0 else -1]
        for name in order:
            started = time.perf_counter()
            sides[name]()
            seconds[name].append(time.perf_counter() - started)
            say(f"round {turn + 1} of {rounds}: {name} {seconds[name][-1]:.2f} s")
    return {name: Times(tuple(taken)) for name, taken in seconds.items()}
