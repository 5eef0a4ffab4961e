"""The right to make something, held by one process at a time; the kernel takes it back from a process that dies."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import BusyError
from pyserini_xqg.files.whole import cannot_write

_PREFIX = ".xqg-lock-"


def remove_locks(folder: Path) -> None:
    """Remove the files of locks that killed processes have left in ``folder``; nobody can be building there now."""
    for leftover in folder.glob(f"{_PREFIX}*"):
        leftover.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class LockFile:
    """The file that stands for the right; its holder writes its own name into it.

    :param path: where it lies.
    :param guards: what cannot be written where the file cannot.
    :param busy: what another holder is doing, such as ``index is being built``.
    :param remedy: what to do then.
    :param stays: leave the file where it is; else it is removed while the right is still held, so that nobody can hold
        a file that is gone.
    """

    path: Path
    guards: Path
    busy: str
    remedy: str
    stays: bool = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the right.

        :raises BusyError: another process holds it.
        :raises OutputError: the place cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = self._hold()
        except OSError as error:
            raise cannot_write(self.guards, error) from error
        try:
            yield
        finally:
            if not self.stays:
                with suppress(OSError):  # a leftover does no harm: it is the kernel's lock that counts
                    self.path.unlink(missing_ok=True)
            os.close(descriptor)

    def _hold(self) -> int:
        while True:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_still(descriptor):
                    os.ftruncate(descriptor, 0)
                    os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
                    return descriptor
            except BlockingIOError as error:
                holder = os.pread(descriptor, 300, 0).decode(errors="replace").strip()
                os.close(descriptor)
                raise BusyError(f"{self.busy} by another process ({holder or 'unknown'}); {self.remedy}") from error
            except OSError:
                os.close(descriptor)
                raise
            os.close(descriptor)  # the file was removed between our opening and our locking

    def _is_still(self, descriptor: int) -> bool:
        """Whether the path leads to the open file yet."""
        try:
            return os.path.samestat(self.path.stat(), os.fstat(descriptor))
        except FileNotFoundError:
            return False


@contextmanager
def building(target: Path) -> Iterator[None]:
    """Hold the right to build ``target``, by a file beside it that is gone afterwards.

    :raises BusyError: another process holds it.
    :raises OutputError: the place cannot be written.
    """
    lock = LockFile(
        path=target.with_name(f"{_PREFIX}{target.name}"),
        guards=target,
        busy=f"{target} is being built",
        remedy="wait for it, or choose another --output",
    )
    with lock.held():
        yield
