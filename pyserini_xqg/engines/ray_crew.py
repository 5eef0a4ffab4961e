"""The engine ``ray``: workers on a cluster, each a process that has loaded its model once.

A worker has one piece of work at a time, so that memory does not grow with the corpus and a worker that dies takes
little with it. It says how far it is as it goes. What fails is done again by whoever is free, with a new worker in the
place of the one that failed.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.engines.crew import Item, ToolRecipe, Work
from pyserini_xqg.engines.ray_cluster import cluster, may_grow, nodes
from pyserini_xqg.engines.ray_options import RayOptions, Size, choose_size
from pyserini_xqg.engines.ray_queue import TRIES, Queue, QueuedPiece
from pyserini_xqg.engines.ray_says import check_alike, why
from pyserini_xqg.engines.ray_worker import Failed, Introduction, RayWorker
from pyserini_xqg.errors import BusyError, EngineError
from pyserini_xqg.files.whole import cannot_write, partial_path

_LOGGER = logging.getLogger(__name__)
_LOOK = 1.0
"""Seconds to wait for news before looking whether a job's pause is over."""
_NOTICE, _PATIENCE = 120.0, 900.0
"""Seconds without any worker after which the user is told, and after which it is given up."""


@contextmanager
def ray_crew[Tool, About](options: RayOptions, recipe: ToolRecipe[Tool, About]) -> Iterator[RayCrew[Tool, About]]:
    """A crew on a cluster; see :class:`~pyserini_xqg.engines.crew.Crew`.

    :raises SetupError: Ray is not installed, or the cluster cannot be joined.
    :raises EngineError: a worker fits on no machine.
    """
    with cluster(options) as ray:
        size = choose_size(options, nodes(ray), wants_gpu=recipe.wants_gpu, may_grow=may_grow(options))
        crew = RayCrew(ray, recipe, size)
        try:
            yield crew
        finally:
            crew.close()


@dataclass(eq=False, slots=True)
class _Hand:
    """A worker as the driver sees it.

    :param waiting: what is awaited of it: that it is open, or the next news of its job. None while it is idle.
    """

    actor: Any
    waiting: Any
    job: QueuedPiece[Any] | None = None
    open: bool = False


class RayCrew[Tool, About]:
    """The workers of one command.

    :param ray: the module, connected to a cluster.
    """

    def __init__(self, ray: Any, recipe: ToolRecipe[Tool, About], size: Size) -> None:
        self._ray = ray
        self._size = size
        self._arguments = (recipe, str(Path.cwd()), socket.gethostname(), size.cpus, size.gpus)
        self._class = ray.remote(RayWorker).options(
            num_cpus=size.cpus, num_gpus=size.gpus, max_restarts=0, max_task_retries=0
        )
        self._hands: list[_Hand] = []
        self._about: About | None = None
        self._failed_openings = 0
        self._alone_since = time.monotonic()
        self._noticed = False
        self._hire()

    @property
    def about(self) -> About:
        """What all workers work with; waits for the first one.

        :raises XqgError: it could not get it.
        """
        queue = Queue[Item](())
        while self._about is None:
            for hand in self._news():
                self._hear(hand, queue)
        return self._about

    def run[Piece: Item](
        self, work: Work[Tool, Piece], pieces: Iterable[Piece], number: int, output: Path
    ) -> Iterator[int]:
        """See :meth:`~pyserini_xqg.engines.crew.Crew.run`.

        :raises EngineError: a piece failed too often, or ``output`` is not the same folder for all.
        """
        queue = Queue(pieces)
        while len(self._hands) < min(self._size.workers, number):
            self._hire()
        with _sign(output) as sign:
            while True:
                self._give_out(queue, work, str(sign))
                if queue.empty and not any(hand.job for hand in self._hands):
                    return
                for hand in self._news():
                    if done := self._hear(hand, queue):
                        yield done

    def close(self) -> None:
        """End the workers."""
        while self._hands:
            self._end(self._hands.pop())

    def _hire(self) -> None:
        actor = self._class.remote(*self._arguments)
        self._hands.append(_Hand(actor, actor.open.remote()))

    def _give_out(self, queue: Queue[Any], work: Work[Any, Any], sign: str) -> None:
        for hand in self._hands:
            if hand.open and hand.job is None and (job := queue.take()) is not None:
                hand.job = job
                hand.waiting = hand.actor.work.options(num_returns="streaming").remote(
                    work, job.piece, sign, job.reported
                )

    def _news(self) -> list[_Hand]:
        """A worker that has something to say, or none where time passed without."""
        awaited = [hand for hand in self._hands if hand.waiting is not None]
        if not awaited:  # all there is to do has to wait for a while
            time.sleep(_LOOK)
            return []
        ready, _ = self._ray.wait([hand.waiting for hand in awaited], num_returns=1, timeout=_LOOK)
        if any(hand.open for hand in self._hands):
            self._alone_since = time.monotonic()
            self._noticed = False
        elif not ready:
            self._be_patient(time.monotonic() - self._alone_since)
        return [hand for hand in awaited if any(hand.waiting is found for found in ready)]

    def _be_patient(self, seconds: float) -> None:
        wanted = f"{self._size.workers} worker{'s' if self._size.workers > 1 else ''} with {self._size} each"
        if seconds > _PATIENCE:
            raise EngineError(
                f"the Ray cluster has started no worker within {_PATIENCE / 60:.0f} minutes ({wanted} were asked "
                "for); see `ray status`"
            )
        if seconds > _NOTICE and not self._noticed:
            self._noticed = True
            _LOGGER.warning("waiting for the Ray cluster: no worker is ready yet (%s were asked for)", wanted)

    def _hear(self, hand: _Hand, queue: Queue[Any]) -> int:
        """Take a worker's news: that it is open, progress, the end of its job, or a failure.

        :returns: units of progress.
        """
        try:
            news = self._ray.get(next(hand.waiting) if hand.open else hand.waiting)
        except StopIteration:
            hand.job = hand.waiting = None
            return 0
        except self._ray.exceptions.RayError as error:
            self._dismiss(hand, queue, why(self._ray, error))
            return 0
        if isinstance(news, Failed):
            self._complain(hand, queue, news)
            return 0
        if isinstance(news, Introduction):
            check_alike(news, self._about)
            hand.open = True
            hand.waiting = None
            self._about = news.about
            return 0
        if hand.job is not None:
            hand.job.reported += 1
        return int(news)

    def _complain(self, hand: _Hand, queue: Queue[Any], failed: Failed) -> None:
        """An error that is the user's to mend ends it all, unless it mends itself."""
        if hand.job is None or not isinstance(failed.error, BusyError):
            raise failed.error
        queue.busy(hand.job, failed.error)
        hand.job = hand.waiting = None

    def _dismiss(self, hand: _Hand, queue: Queue[Any], cause: str) -> None:
        """Replace a worker that failed; who knows what state it is in."""
        self._hands.remove(hand)
        self._end(hand)
        if hand.job is not None:
            queue.failed(hand.job, cause)
        else:
            self._failed_openings += 1
            if self._failed_openings >= TRIES:
                raise EngineError(
                    f"workers of the Ray cluster cannot be started: {TRIES} tries failed, the last one because {cause}"
                )
        self._hire()

    def _end(self, hand: _Hand) -> None:
        with suppress(self._ray.exceptions.RayError):
            self._ray.kill(hand.actor)


@contextmanager
def _sign(output: Path) -> Iterator[Path]:
    """A file in the output folder, by which workers see that theirs is the same one."""
    sign = partial_path(output / "sign")
    try:
        sign.touch()
    except OSError as error:
        raise cannot_write(output, error) from error
    try:
        yield sign
    finally:
        with suppress(OSError):
            sign.unlink(missing_ok=True)
