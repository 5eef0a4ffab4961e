"""Passages as a stream, in Pyserini's own formats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.input.records import OnError, Skipped, _docid, _records, json_files


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of the corpus."""

    docid: str
    contents: str
    """What is encoded and indexed: ``contents`` as it stands, or ``title`` and ``text`` joined by a space."""
    where: Location


def read_passages(corpus: Path, on_error: OnError = OnError.STOP, skipped: Skipped | None = None) -> Iterator[Passage]:
    """Stream a corpus: a JSONL file, plain or ``.gz``, or a folder of such files taken in the order of their names.

    :raises InputError: with file and line, for malformed JSON, a missing id or an empty text.
    """
    return _records(json_files(corpus), _passage, on_error, skipped)


def _passage(value: dict[str, Any], where: Location) -> Passage:
    docid = _docid(value, where)
    if "contents" in value:
        contents = value["contents"]
    elif "text" in value:
        contents = (
            " ".join(part for part in (value.get("title"), value["text"]) if part)
            if isinstance(value["text"], str)
            else value["text"]
        )
    else:
        raise InputError(where, f"passage {docid!r} has neither 'contents' nor 'text'")
    if not isinstance(contents, str):
        raise InputError(where, f"passage {docid!r}: expected a string to encode, found {type(contents).__name__}")
    contents = contents.strip()
    if not contents:
        raise InputError(where, f"passage {docid!r} has an empty text")
    return Passage(docid, contents, where)
