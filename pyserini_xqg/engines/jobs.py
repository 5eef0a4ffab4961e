"""Which part of the work one process does, when many share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

from pyserini_xqg.errors import UsageError


@dataclass(frozen=True, slots=True)
class ShardJob:
    """Which numbered parts this process makes: those whose number divided by ``num`` leaves ``id``.

    Any number of jobs makes the same output, byte for byte.

    :raises UsageError: ``id`` is not below ``num``.
    """

    id: int = 0
    num: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.id < self.num:
            raise UsageError(
                f"--shard-id {self.id} of --shard-num {self.num}: the id counts from 0 and must be below the number"
            )

    def makes(self, number: int) -> bool:
        """Whether the part of this number is this process's."""
        return number % self.num == self.id


def numbered[Part](parts: Iterable[Part], numbers: AbstractSet[int]) -> Iterator[tuple[int, Part]]:
    """The parts with these numbers, from 0; nothing after the last of them is looked at."""
    last = max(numbers, default=-1)
    return ((number, part) for number, part in enumerate(islice(parts, last + 1)) if number in numbers)
