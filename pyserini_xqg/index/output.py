"""The folder that an index goes into: its own, and whole or absent."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.whole import remove_leftovers


@contextmanager
def claimed[T](output: Path, index: T, read: Callable[[Path], T | None]) -> Iterator[T | None]:
    """Hold the right to build ``index`` at ``output``; gives the very same index where it is there already.

    :param index: what the index will say of itself.
    :param read: what the index in a folder says of itself; None where there is none of ours.
    :raises OutputError: ``output`` holds something else, or another process builds it.
    :raises StoreError: what lies there is damaged.
    """
    with building(output):
        there = there_already(output, index, read)
        if there is None:
            remove_leftovers(output)
        yield there


def there_already[T](
    output: Path, index: T, read: Callable[[Path], T | None], same: Callable[[T, T], bool] = operator.eq
) -> T | None:
    """The index that is at ``output`` already; None where the place is free.

    :param same: whether the one that is there is the one that is wanted.
    :raises OutputError: ``output`` holds something else.
    """
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return None
    there = read(output) if output.is_dir() else None
    if there is None or not same(there, index):
        raise OutputError(
            f"{output} is there already and holds something else than this index; choose another --output, or remove it"
        )
    return there


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
