"""Where `expand` puts generated queries, and whether all of them are there: a look that every stage takes that reads
them.

::

    expand.json               what they were made from and with
    queries-NNNNN.jsonl       the queries of one group of passages
    groups/NNNNN.json         what that file holds, its size and its SHA-256
"""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.errors import InputError, Location, listed
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import read_json

SETTINGS = "expand.json"
GROUPS = "groups"


def queries_file(folder: Path, group: int) -> Path:
    """Where the queries of a group lie."""
    return folder / f"queries-{group:05d}.jsonl"


def group_record(folder: Path, group: int) -> Path:
    """Where it is written down what a group's file holds."""
    return folder / GROUPS / f"{group:05d}.json"


def check_whole(place: Path) -> None:
    """See that a folder of `expand` is finished and that its files are what was written, byte for byte; other files and
    folders pass.

    :raises InputError: a file is missing, was cut short by a copy that broke off, or was changed.
    """
    if not (place / SETTINGS).is_file():
        return
    try:
        settings = read_json(place / SETTINGS)
        groups = -(-settings["passages"] // settings["group_size"])
    except (InputError, KeyError, TypeError, ZeroDivisionError) as error:
        raise InputError(
            Location(place / SETTINGS), "is damaged; copy it again, or run expand into another folder"
        ) from error
    missing = [group for group in range(groups) if not queries_file(place, group).is_file()]
    if missing:
        found = f"is not finished: {groups - len(missing)} of {groups} files are there, missing are {listed(missing)}"
        raise InputError(
            Location(place), f"{found}; run the same expand command again (each --shard-id), or copy them too"
        )
    for group in range(groups):
        _check(place, group)


def _check(folder: Path, group: int) -> None:
    path, record = queries_file(folder, group), group_record(folder, group)
    remedy = "copy both again, or remove the file and run the same expand command again"
    try:
        expected = read_json(record)
        size, digest = expected["bytes"], expected["sha256"]
    except (InputError, KeyError, TypeError) as error:
        raise InputError(
            Location(record), f"which says what {path.name} holds, is missing or damaged; {remedy}"
        ) from error
    if path.stat().st_size != size:
        raise InputError(
            Location(path), f"is cut short or was changed: {path.stat().st_size:,} bytes, {size:,} expected; {remedy}"
        )
    if sha256(path) != digest:
        raise InputError(Location(path), f"was changed after it was written (its checksum differs); {remedy}")
