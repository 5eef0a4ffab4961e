"""A dictionary's bytes, plain or compressed, forward only, so that one of any size takes little memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from pyserini_xqg.errors import InputError, Location

_COMPRESSED = (".gz", ".dz")


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where its name ends in ``.gz`` or ``.dz`` (dictzip, which is gzip to a reader).

    :raises InputError: it cannot be read, or it is cut short or damaged; also where that is found while reading.
    """
    try:
        compressed = path.suffix in _COMPRESSED
        with cast(IO[bytes], gzip.open(path, "rb")) if compressed else path.open("rb") as stream:
            yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            Location(path), f"the gzip stream is cut short or damaged ({error}); fetch the dictionary again"
        ) from error
    except OSError as error:
        raise InputError(Location(path), f"cannot be read: {error.strerror or error}") from error


def not_utf8(path: Path, error: UnicodeDecodeError, line: int = 0) -> InputError:
    """What to raise where bytes are no UTF-8.

    :param line: the line that they are on; 0 where there are none.
    """
    return InputError(
        Location(path, line), f"not UTF-8 text ({error.reason} at byte {error.start}); convert the dictionary to UTF-8"
    )
