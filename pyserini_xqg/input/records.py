"""JSON records as streams: one after another, each with the file and line where it stands.

Nothing here holds a collection in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines

_ID_FIELDS = ("id", "_id", "docid")


_DESCRIPTIONS = frozenset({"expand.json"})
"""What stages write beside their JSONL files about them; no records."""


_JSON_SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz")


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class OnError(StrEnum):
    """What to do with a bad record."""

    STOP = "stop"
    """Raise at the first one, naming file and line."""
    SKIP = "skip"
    """Count it, remember it, and go on; the command reports them at the end."""


@dataclass(slots=True)
class Skipped:
    """The bad records that were left out under :attr:`OnError.SKIP`; holds at most ``kept`` of their messages."""

    count: int = 0
    examples: list[str] = field(default_factory=list)
    kept: int = 20

    def add(self, error: InputError) -> None:
        """Count one more record that was left out."""
        self.count += 1
        if len(self.examples) < self.kept:
            self.examples.append(str(error))


def read_records(
    files: list[Path], on_error: OnError, skipped: Skipped | None = None
) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Stream JSON objects of any shape, each with the place where it stands.

    :raises InputError: with file and line, for malformed JSON.
    """
    return _records(files, lambda value, where: (where, value), on_error, skipped)


def record_id(value: dict[str, Any], where: Location) -> str:
    """The id of a record, under any of the names that Pyserini knows.

    :raises InputError: there is none, or one that no run file could carry.
    """
    return _docid(value, where)


def _records[Record](
    files: list[Path],
    parse: Callable[[dict[str, Any], Location], Record],
    on_error: OnError,
    skipped: Skipped | None,
) -> Iterator[Record]:
    for path in files:
        for number, line in numbered_lines(path):
            where = Location(path, number)
            try:
                record = parse(_object(line, where), where)
            except InputError as error:
                if on_error is OnError.STOP:
                    raise
                if skipped is not None:
                    skipped.add(error)
                continue
            yield record


def json_files(place: Path) -> list[Path]:
    """The JSONL files of a corpus or of queries: the file itself, or those in the folder, by name.

    :raises InputError: there is nothing there, or a folder without such files, or a pipe.
    """
    if place.is_dir():
        found = sorted(
            path
            for path in place.iterdir()
            if path.name.endswith(_JSON_SUFFIXES) and not path.name.startswith(".") and path.name not in _DESCRIPTIONS
        )
        if not found:
            raise InputError(Location(place), f"holds no file ending in {', '.join(_JSON_SUFFIXES)}")
        return found
    if not place.exists():
        raise InputError(Location(place), "there is no such file or folder")
    if not place.is_file():
        raise InputError(
            Location(place), "is not a regular file; the input is read more than once, so write it to a file first"
        )
    return [place]


def _object(line: str, where: Location) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(
            where, f"malformed JSON ({error.msg} at column {error.colno}); expected one JSON object a line"
        ) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets thousands deep
        raise InputError(where, f"JSON that cannot be read ({error}); expected one JSON object a line") from error
    if not isinstance(value, dict):
        raise InputError(where, f"expected a JSON object, found {type(value).__name__}")
    if _SURROGATE.search(line):
        _refuse_lone_surrogates(value, where)
    return value


def _refuse_lone_surrogates(value: dict[str, Any], where: Location) -> None:
    r"""JSON can spell half of a character, such as ``\ud83d`` alone; no tokenizer and no UTF-8 file can take it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        raise InputError(
            where, f"holds {half}, half of a surrogate pair, which is no character; remove or complete it"
        ) from error


def _docid(value: dict[str, Any], where: Location) -> str:
    for name in _ID_FIELDS:
        if value.get(name) is not None:
            if not isinstance(value[name], str | int) or isinstance(value[name], bool):
                raise InputError(
                    where,
                    f"the {name!r} is of type {type(value[name]).__name__}; an id must be a string or a whole number",
                )
            docid = str(value[name])
            if not docid.strip():
                raise InputError(where, f"the {name!r} is empty; every record needs an id")
            if docid.split() != [docid]:
                raise InputError(
                    where,
                    f"the id {docid!r} holds white space, which no TREC run file can carry; replace it, for instance "
                    "by '_'",
                )
            return docid
    raise InputError(where, f"no id: expected one of {', '.join(map(repr, _ID_FIELDS))}")
