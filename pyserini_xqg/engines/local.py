"""The engine ``local``: this process alone, one piece of work after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.engines.crew import Item, Work


@dataclass(frozen=True, slots=True)
class LocalCrew[Tool, About]:
    """One worker, in this process; see :class:`~pyserini_xqg.engines.crew.Crew`."""

    tool: Tool
    about: About

    def run[Piece: Item](
        self, work: Work[Tool, Piece], pieces: Iterable[Piece], number: int, output: Path
    ) -> Iterator[int]:
        """Do the pieces in the order given."""
        for piece in pieces:
            yield from work(self.tool, piece)
