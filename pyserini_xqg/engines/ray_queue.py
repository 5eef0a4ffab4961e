"""The pieces of work that are left, and how often each has failed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyserini_xqg.engines.crew import Item
from pyserini_xqg.errors import BusyError, EngineError

TRIES = 3
"""How often a piece of work may fail, whatever the reason, before the whole is given up."""
_BUSY_SECONDS = 60.0
"""How long a piece may be in the hands of a process that is not ours: one of a run that was killed a moment ago takes
seconds to die.
"""


@dataclass(slots=True)
class QueuedPiece[Piece: Item]:
    """A piece of work with its history.

    :param reported: how many of its steps were reported; a second try does not report them again.
    :param not_before: when it may be tried again, by the monotonic clock.
    :param busy_since: when it was first found to be in other hands.
    """

    piece: Piece
    failures: int = 0
    reported: int = 0
    not_before: float = 0.0
    busy_since: float | None = None


class Queue[Piece: Item]:
    """Gives out work: what has failed first, then what comes next; pieces are taken from their stream only when they
    are given out.
    """

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._new: Iterator[Piece] = iter(pieces)
        self._again: deque[QueuedPiece[Piece]] = deque()
        self._more = True

    def take(self) -> QueuedPiece[Piece] | None:
        """The next job; None where there is none at the moment."""
        now = time.monotonic()
        for _ in range(len(self._again)):
            job = self._again.popleft()
            if job.not_before <= now:
                return job
            self._again.append(job)
        if self._more:
            for piece in self._new:
                return QueuedPiece(piece)
            self._more = False
        return None

    @property
    def empty(self) -> bool:
        """Whether nothing is left, now or later; true only after :meth:`take` gave None."""
        return not self._more and not self._again

    def failed(self, job: QueuedPiece[Piece], cause: str) -> None:
        """Put back what has failed.

        :param cause: why, as part of a sentence.
        :raises EngineError: it has failed often enough.
        """
        job.failures += 1
        if job.failures >= TRIES:
            raise EngineError(
                f"{job.piece} could not be made: {TRIES} tries failed, the last one because {cause}; "
                "what is finished is kept, so mend that and run the same command again"
            )
        self._again.append(job)

    def busy(self, job: QueuedPiece[Piece], error: BusyError) -> None:
        """Put back what another process is making at this moment.

        :raises BusyError: it has been in other hands for long.
        """
        now = time.monotonic()
        job.busy_since = job.busy_since or now
        if now - job.busy_since > _BUSY_SECONDS:
            raise error
        job.not_before = now + 1
        self._again.append(job)
