"""Generated queries as a stream, a passage a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.records import OnError, Skipped, _docid, _records, json_files
from pyserini_xqg.languages import language


@dataclass(frozen=True, slots=True)
class PassageQueries:
    """The generated queries of one passage, by canonical language code."""

    docid: str
    queries: Mapping[str, tuple[str, ...]]
    where: Location


def read_queries(
    queries: Path, on_error: OnError = OnError.STOP, skipped: Skipped | None = None, *, allow_empty: bool = False
) -> Iterator[PassageQueries]:
    """Stream generated queries: ``{"id": "d1", "queries": {"ar": ["…"], "ja": ["…"]}}``, one passage a line.

    :param allow_empty: let empty queries through, for the stage that drops them.
    :raises InputError: with file and line, for malformed JSON, a missing id, an unknown language or an empty query.
    """
    return _records(json_files(queries), partial(_passage_queries, allow_empty=allow_empty), on_error, skipped)


def _passage_queries(value: dict[str, Any], where: Location, *, allow_empty: bool) -> PassageQueries:
    docid = _docid(value, where)
    by_language = value.get("queries")
    if not isinstance(by_language, dict):
        raise InputError(
            where, f'queries of {docid!r}: expected "queries": {{"LANG": ["…"]}}, found {type(by_language).__name__}'
        )
    queries: dict[str, tuple[str, ...]] = {}
    for code, texts in by_language.items():
        try:
            canonical = language(code).code
        except UsageError as error:
            raise InputError(where, f"queries of {docid!r}: {error}") from error
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputError(where, f"queries of {docid!r}, {code!r}: expected a list of strings")
        stripped = tuple(text.strip() for text in texts)
        if not allow_empty and not all(stripped):
            raise InputError(
                where,
                f"queries of {docid!r}, {code!r}: an empty query at position {stripped.index('')}; run `pyserini-xqg "
                "filter` or leave it out",
            )
        if canonical in queries:
            raise InputError(where, f"queries of {docid!r}: the language {canonical!r} is there twice")
        queries[canonical] = stripped
    return PassageQueries(docid, queries, where)
