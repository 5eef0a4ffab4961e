"""What a stage asks of whoever does its work, so that it need not know who that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol


class ToolRecipe[Tool, About](Protocol):
    """How a worker gets what it works with. It travels to other processes by pickle."""

    @property
    def wants_gpu(self) -> bool:
        """Whether a GPU is used where there is one."""

    def open(self, cores: int | None) -> Tool:
        """Load it, once a worker.

        :param cores: how many to use where the user has not said; None for all.
        """

    def about(self, tool: Tool) -> About:
        """What decides its results; a frozen dataclass that is the same for all workers of a crew."""


class Item(Protocol):
    """A piece of work; it travels by pickle too."""

    def __str__(self) -> str:
        """What it makes, as a person would look for it, such as ``queries-00003.jsonl``."""


type Work[Tool, Piece: Item] = Callable[[Tool, Piece], Iterator[int]]
"""Does a piece of work and yields how many units of progress were done since it last did; the same piece always yields
the same numbers. It writes its result where the stage's readers look for it, whole or not at all, and leaves alone what
is there. A module's own function."""


class Crew[Tool, About](Protocol):
    """Workers that were made by one recipe."""

    @property
    def about(self) -> About:
        """What they all work with.

        :raises XqgError: no worker could get it.
        """

    def run[Piece: Item](
        self, work: Work[Tool, Piece], pieces: Iterable[Piece], number: int, output: Path
    ) -> Iterator[int]:
        """Do all pieces in any order. They are taken as workers become free, so that memory does not grow with their
        number.

        :param number: how many pieces there are, or will be.
        :param output: the folder, there already, that the work writes into.
        :returns: units of progress, as they are done.
        :raises XqgError: what a worker raised, or why a piece could not be done.
        """
