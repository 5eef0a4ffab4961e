"""Text and JSON: reading plain or gzipped lines with their numbers, writing a file whole or not at all."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.whole import replacing


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield ``(line number from 1, line without its end)`` of a UTF-8 text file, plain or ``.gz``.

    :raises InputError: the file is missing, is not UTF-8, or its gzip stream is cut short or damaged.
    """
    number = 0
    try:
        with _open_bytes(path) as stream:
            for number, raw in enumerate(stream, 1):
                yield number, raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            Location(path, number), f"not UTF-8 text ({error.reason} at byte {error.start}); convert the file to UTF-8"
        ) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            Location(path, number + 1),
            f"the gzip stream is cut short or damaged ({error}); fetch or compress the file again",
        ) from error
    except OSError as error:
        raise InputError(Location(path), f"cannot be read: {error.strerror or error}") from error


def _open_bytes(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def write_text(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8, whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with a final line end, whole or not at all."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file.

    :raises InputError: the file is missing or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Location(path), f"cannot be read: {error.strerror or error}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", 0)
        raise InputError(Location(path, line), "not valid JSON; the file is damaged, so make it again") from error
