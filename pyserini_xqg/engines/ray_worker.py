"""A worker of a Ray cluster, as it looks from inside."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from pyserini_xqg.engines.crew import Item, ToolRecipe, Work
from pyserini_xqg.errors import EngineError, XqgError

_PATIENCE = 60.0
"""Seconds in which a file server may still show an old state of a folder."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An error that is the user's to mend, sent as a value: Ray would wrap an exception in its own, with a trace."""

    error: XqgError


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a worker says of itself once it is ready.

    :param about: see :meth:`~pyserini_xqg.engines.crew.ToolRecipe.about`.
    """

    host: str
    version: str
    about: Any


class RayWorker:
    """Opens a recipe once, then does one piece of work after the other.

    :param folder: the driver's working folder, by which relative paths are meant.
    :param cores: the worker's cores.
    :param gpus: the worker's GPUs; with none it must not see those that belong to others.
    """

    def __init__(self, recipe: ToolRecipe[Any, Any], folder: str, host: str, cores: int, gpus: float) -> None:
        self._recipe = recipe
        self._cores = cores
        self._home = socket.gethostname() == host
        self._tool: Any = None
        if not gpus:
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        with suppress(OSError):  # there may be no such folder here; paths that matter are named when they are missed
            os.chdir(folder)

    def open(self) -> Introduction | Failed:
        """Load what the recipe names."""
        try:
            self._tool = self._recipe.open(self._cores)
            return Introduction(socket.gethostname(), version("pyserini-xqg"), self._recipe.about(self._tool))
        except XqgError as error:
            return self._failed(error)

    def work(self, work: Work[Any, Item], piece: Item, sign: str, known: int) -> Iterator[int | Failed]:
        """Do a piece of work.

        :param sign: a file in the output folder that the driver has put there.
        :param known: how many steps an earlier try has reported; they are not reported again.
        """
        try:
            self._look_for(Path(sign))
            # No `yield from`: Ray sends into a generator, which islice cannot take.
            for done in islice(work(self._tool, piece), known, None):  # noqa: UP028
                yield done
        except XqgError as error:
            yield self._failed(error)

    def _look_for(self, sign: Path) -> None:
        ends = time.monotonic() + (0 if self._home else _PATIENCE)
        while not sign.exists():
            if time.monotonic() >= ends:
                raise EngineError(
                    f"{sign.parent} is not the same folder for all workers; give an --output on a file system that "
                    "they share"
                )
            time.sleep(1)

    def _failed(self, error: XqgError) -> Failed:
        if not self._home:  # what it says of files, devices and memory is said of another machine
            error.args = (f"{error} (on {socket.gethostname()})",)
        return Failed(error)
