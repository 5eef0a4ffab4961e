"""What many tests read and no test changes: built once a run, for all its workers."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """A folder of this run's, which the first worker that wants it builds, and the others wait for.

    :param build: is given the folder, which is not there yet. Where it fails, the next one who asks tries again.
    """
    place = _of_the_run(factory) / "built-once"
    place.mkdir(exist_ok=True)
    folder, whole = place / name, place / f"{name}.whole"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back by the kernel, whatever happens to who holds it
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of one that failed
            build(folder)
            whole.touch()
    return folder


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder for temporary files that this run's workers share."""
    mine = factory.getbasetemp()
    return mine.parent if mine.name.startswith("popen-") else mine
