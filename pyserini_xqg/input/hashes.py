"""The hashes by which a corpus or queries are known again."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.sources import combined
from pyserini_xqg.input.records import json_files


def hash_of(place: Path) -> str:
    """The hash by which a corpus or queries are known, as in :class:`Source`.

    :raises InputError: there is nothing there.
    """
    hashes = file_hashes(place)
    return combined(hashes) if place.is_dir() else hashes[0]


def file_hashes(place: Path) -> list[str]:
    """The SHA-256 of each JSONL file of a corpus or of queries, in the order they are read.

    :raises InputError: there is nothing there.
    """
    return [sha256(path) for path in json_files(place)]
