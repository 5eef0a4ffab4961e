"""The right to build something, held by one process at a time; the kernel takes it back from a process that dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pyserini_xqg.errors import BusyError
from pyserini_xqg.files.whole import cannot_write

_PREFIX = ".xqg-lock-"


def remove_locks(folder: Path) -> None:
    """Remove the files of locks that killed processes have left in ``folder``; nobody can be building there now."""
    for leftover in folder.glob(f"{_PREFIX}*"):
        leftover.unlink(missing_ok=True)


@contextmanager
def building(target: Path) -> Iterator[None]:
    """Hold the right to build ``target``, by a file beside it that is gone afterwards.

    :raises BusyError: another process holds it.
    :raises OutputError: the place cannot be written.
    """
    path = target.with_name(f"{_PREFIX}{target.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _hold(path, target)
    except OSError as error:
        raise cannot_write(target, error) from error
    try:
        yield
    finally:
        with suppress(OSError):  # a leftover does no harm: it is the kernel's lock that counts
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _hold(path: Path, target: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, descriptor):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
                return descriptor
        except BlockingIOError as error:
            holder = os.pread(descriptor, 300, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise BusyError(
                f"{target} is being built by another process ({holder or 'unknown'}); wait for it, or choose another "
                "--output"
            ) from error
        except OSError:
            os.close(descriptor)
            raise
        os.close(descriptor)  # whoever held it has removed the file between our opening and our locking


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether ``path`` leads to the open file yet."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
