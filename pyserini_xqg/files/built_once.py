"""Folders that are built once and then shared by every process: whole or absent, whoever builds them first."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.whole import is_partial

_ABANDONED_AFTER = 24 * 3600.0
"""Seconds after which unfinished work is taken for a killed process's: far longer than any build takes."""


def built_once(place: Path, build: Callable[[], object]) -> Path:
    """Give ``place``, after building it when it is not there.

    Two processes may build at once: ``build`` writes beside ``place`` and renames into it in one step
    (:func:`~pyserini_xqg.files.whole.replacing_folder`), so one of them wins and the other takes the winner's folder.

    :raises OutputError: the cache cannot be written.
    """
    if place.is_dir():
        return place
    _remove_abandoned(place.parent)
    try:
        build()
    except OutputError:
        if not place.is_dir():
            raise
    return place


def _remove_abandoned(folder: Path) -> None:
    for entry in folder.glob(".*"):
        with suppress(FileNotFoundError):  # its owner may finish or remove it meanwhile
            if is_partial(entry) and time.time() - entry.stat().st_mtime > _ABANDONED_AFTER:
                shutil.rmtree(entry, ignore_errors=True)
