"""Files: opening plain or gzipped text, writing so that a file is whole or absent, and hashing.

Every writer in the package goes through :func:`replacing` or :func:`replacing_folder`, which write beside the target and
rename into place; a full disk or a kill leaves the old file, or none, never half of one.
"""

from __future__ import annotations

import glob
import gzip
import hashlib
import json
import os
import shutil
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from pyserini_xqg.errors import InputError, Location, OutputError, SetupError

_TEMPORARY = ".xqg-partial-"


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
        raise InputError(Location(path, number), f"not UTF-8 text ({error.reason} at byte {error.start}); convert the file to UTF-8") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            Location(path, number + 1), f"the gzip stream is cut short or damaged ({error}); fetch or compress the file again"
        ) from error
    except OSError as error:
        raise InputError(Location(path), f"cannot be read: {error.strerror or error}") from error


def _open_bytes(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` to write to; on success it replaces ``path`` in one step, on failure it is removed.

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
    """Give an empty temporary folder beside ``path``; on success it is renamed to ``path``, which must not exist by then.

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
    """Remove what a killed process left unfinished directly inside ``folder``, only what begins with ``name`` where one is given."""
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


def is_partial(path: Path) -> bool:
    """Whether ``path`` carries the name of unfinished work."""
    return path.name.startswith(_TEMPORARY)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """One sentence for an ``OSError`` met while writing ``path``."""
    reason = error.strerror or f"the disk is full or a limit was reached ({error})"  # NumPy's writer gives no errno
    return OutputError(
        f"{path} could not be written: {reason}; nothing was changed there, so free some space or choose another place and run the same command again"
    )


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


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


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def cache_home() -> Path:
    """The folder of what is built once and used again: ``PYSERINI_XQG_CACHE``, else ``pyserini-xqg`` in ``XDG_CACHE_HOME`` or ``~/.cache``.

    It need not exist yet.

    :raises SetupError: none of them is set and the user has no home folder.
    """
    chosen, caches = os.environ.get("PYSERINI_XQG_CACHE"), os.environ.get("XDG_CACHE_HOME")
    try:
        place = Path(chosen) if chosen else Path(caches or "~/.cache") / "pyserini-xqg"
        return place.expanduser().absolute()
    except RuntimeError as error:
        raise SetupError("there is no home folder to keep the cache in; set PYSERINI_XQG_CACHE to a folder that can be written") from error
