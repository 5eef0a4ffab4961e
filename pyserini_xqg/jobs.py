"""Which part of the work one process does, when many share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from pyserini_xqg.errors import UsageError


@dataclass(frozen=True, slots=True)
class Job:
    """Which numbered parts this process makes: those whose number divided by ``num`` leaves ``id``.

    Any number of jobs makes the same output, byte for byte.

    :raises UsageError: ``id`` is not below ``num``.
    """

    id: int = 0
    num: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.id < self.num:
            raise UsageError(f"--shard-id {self.id} of --shard-num {self.num}: the id counts from 0 and must be below the number")

    def makes(self, number: int) -> bool:
        """Whether the part of this number is this process's."""
        return number % self.num == self.id


def listed(numbers: Sequence[int], most: int = 10) -> str:
    """Ascending numbers of parts for people, runs of them drawn together, such as ``0-2, 7``.

    :param most: at most so many runs; what is left out is counted.
    """
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    shown = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:most])
    rest = sum(map(len, runs[most:]))
    return f"{shown}, … ({rest} more)" if rest else shown
