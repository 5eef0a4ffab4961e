"""The right to write a shard, held by one process at a time, and what is tidied up once nobody writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyserini_xqg.files.lock import LockFile
from pyserini_xqg.files.whole import remove_partials
from pyserini_xqg.store.meta import SHARDS, StoreMeta, shard_folder

_LOCK = ".lock-"


@contextmanager
def shard_lock(folder: Path, number: int) -> Iterator[None]:
    """Hold the right to write shard ``number``.

    The file stays until the store is whole: jobs that share a store come and go, and :func:`tidy_store` removes all
    of their files at once.

    :raises BusyError: another process holds it.
    :raises OutputError: the place cannot be written.
    """
    path = folder / SHARDS / f"{_LOCK}{number:05d}"
    lock = LockFile(
        path=path,
        guards=path,
        busy=f"shard {number} of {folder} is being written",
        remedy="wait for it, or give each process its own --shard-id",
        stays=True,
    )
    with lock.held():
        yield


def tidy_store(folder: Path, meta: StoreMeta) -> None:
    """Remove what killed processes left behind, once every shard is there and nobody can be writing."""
    if not all(shard_folder(folder, number).is_dir() for number in range(meta.shards)):
        return
    remove_partials(folder)
    remove_partials(folder / SHARDS)
    for lock in (folder / SHARDS).glob(f"{_LOCK}*"):
        lock.unlink(missing_ok=True)
