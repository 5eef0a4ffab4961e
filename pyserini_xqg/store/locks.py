"""The right to write a shard, held by one process at a time, and what is tidied up once nobody writes."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyserini_xqg.errors import BusyError
from pyserini_xqg.files.whole import cannot_write, remove_partials
from pyserini_xqg.store.meta import SHARDS, StoreMeta, shard_folder

_LOCK = ".lock-"


@contextmanager
def shard_lock(folder: Path, number: int) -> Iterator[None]:
    """Hold the right to write shard ``number``; the kernel takes it back from a process that dies.

    The file stays until the store is whole (:func:`tidy_store`): were it removed here, a process that has it open
    already and one that makes it anew could both hold it.

    :raises BusyError: another process holds it.
    :raises OutputError: the place cannot be written.
    """
    path = folder / SHARDS / f"{_LOCK}{number:05d}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        _take(descriptor, folder, number)
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        except OSError as error:
            raise cannot_write(path, error) from error
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path, number: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 300, 0).decode(errors="replace").strip()
        raise BusyError(
            f"shard {number} of {folder} is being written by another process ({holder or 'unknown'}); "
            "wait for it, or give each process its own --shard-id"
        ) from error


def tidy_store(folder: Path, meta: StoreMeta) -> None:
    """Remove what killed processes left behind, once every shard is there and nobody can be writing."""
    if not all(shard_folder(folder, number).is_dir() for number in range(meta.shards)):
        return
    remove_partials(folder)
    remove_partials(folder / SHARDS)
    for lock in (folder / SHARDS).glob(f"{_LOCK}*"):
        lock.unlink(missing_ok=True)
