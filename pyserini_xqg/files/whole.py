"""Files and folders that are whole or absent.

Every writer in the package goes through :func:`replacing` or :func:`replacing_folder`, which write beside the target
and rename into place; a full disk or a kill leaves the old file, or none, never half of one.
"""

from __future__ import annotations

import glob
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyserini_xqg.errors import OutputError

_TEMPORARY = ".xqg-partial-"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` to write to; on success it replaces ``path`` in one step, on failure it is
    removed.

    :raises OutputError: the disk is full or the place cannot be written.
    """
    partial = partial_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        _sync(partial)
        partial.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # where nothing can be written there is nothing to remove either
            partial.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give an empty temporary folder beside ``path``; on success it is renamed to ``path``, which must not exist by
    then.

    :raises OutputError: the disk is full, the place cannot be written, or ``path`` is there already and not empty.
    """
    partial = partial_path(path)
    try:
        partial.mkdir(parents=True)
        yield partial
        for written in partial.rglob("*"):
            if written.is_file():
                _sync(written)
        partial.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def partial_path(path: Path) -> Path:
    """A name beside ``path`` that :func:`remove_partials` knows as unfinished work."""
    return path.with_name(f"{_TEMPORARY}{path.name}-{uuid.uuid4().hex[:8]}")


def remove_partials(folder: Path, name: str = "") -> None:
    """Remove what a killed process left unfinished directly inside ``folder``, only what begins with ``name`` where one
    is given.
    """
    _remove_all(folder.glob(f"{_TEMPORARY}{name}*"))


def remove_leftovers(path: Path) -> None:
    """Remove what killed processes left beside ``path`` on the way to it; no other process may be making it now."""
    _remove_all(path.parent.glob(f"{_TEMPORARY}{glob.escape(path.name)}-{'[0-9a-f]' * 8}"))


def _remove_all(leftovers: Iterable[Path]) -> None:
    for leftover in list(leftovers):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def is_vacant(folder: Path) -> bool:
    """Whether nothing is there, or an empty folder, unfinished work aside."""
    return not folder.exists() or (folder.is_dir() and all(map(is_partial, folder.iterdir())))


def is_partial(path: Path) -> bool:
    """Whether ``path`` carries the name of unfinished work."""
    return path.name.startswith(_TEMPORARY)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """One sentence for an ``OSError`` met while writing ``path``."""
    reason = error.strerror or f"the disk is full or a limit was reached ({error})"  # NumPy's writer gives no errno
    return OutputError(
        f"{path} could not be written: {reason}; nothing was changed there, so free some space or choose another "
        "place and run the same command again"
    )


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
