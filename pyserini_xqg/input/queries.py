"""Generated texts of passages as a stream, a passage a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.fusion.text_kind import TextKind, column, kind_of, language_of
from pyserini_xqg.input.records import OnError, Skipped, _docid, _records, json_files
from pyserini_xqg.languages import language


@dataclass(frozen=True, slots=True)
class PassageQueries:
    """The generated texts of one passage.

    :param queries: by column (:func:`~pyserini_xqg.fusion.text_kind.column`): ``ar`` for questions in Arabic,
        ``ar.gloss`` for glosses.
    """

    docid: str
    queries: Mapping[str, tuple[str, ...]]
    where: Location


def read_queries(
    queries: Path, on_error: OnError = OnError.STOP, skipped: Skipped | None = None, *, allow_empty: bool = False
) -> Iterator[PassageQueries]:
    """Stream generated texts: ``{"id": "d1", "queries": {"ar": ["…"], "ja": ["…"]}}``, one passage a line; beside
    ``queries``, or in its place, ``translations`` and ``glosses`` of the same shape.

    :param allow_empty: let empty texts through, for the stage that drops them.
    :raises InputError: with file and line, for malformed JSON, a missing id, an unknown language or an empty text.
    """
    return _records(json_files(queries), partial(_passage_queries, allow_empty=allow_empty), on_error, skipped)


def by_key(texts: Mapping[str, tuple[str, ...] | list[str]]) -> dict[str, dict[str, list[str]]]:
    """Texts by column as a line of a queries file has them, by key and language; without kinds that have none, but
    never without ``queries`` where there is nothing at all.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for kind in TextKind:
        own = {language_of(name): list(each) for name, each in texts.items() if kind_of(name) is kind}
        if own:
            found[kind.key] = own
    return found or {TextKind.QUESTIONS.key: {}}


def _passage_queries(value: dict[str, Any], where: Location, *, allow_empty: bool) -> PassageQueries:
    docid = _docid(value, where)
    kinds = [kind for kind in TextKind if kind.key in value]
    if not kinds:
        raise InputError(where, f'queries of {docid!r}: expected "queries": {{"LANG": ["…"]}}, found none')
    queries: dict[str, tuple[str, ...]] = {}
    for kind in kinds:
        by_language = value[kind.key]
        if not isinstance(by_language, dict):
            raise InputError(
                where,
                f'{kind.key} of {docid!r}: expected "{kind.key}": {{"LANG": ["…"]}}, found '
                f"{type(by_language).__name__}",
            )
        for code, texts in by_language.items():
            name, found = _texts(docid=docid, kind=kind, code=code, texts=texts, where=where, allow_empty=allow_empty)
            if name in queries:
                raise InputError(where, f"{kind.key} of {docid!r}: the language {language_of(name)!r} is there twice")
            queries[name] = found
    return PassageQueries(docid, queries, where)


def _texts(
    *, docid: str, kind: TextKind, code: str, texts: Any, where: Location, allow_empty: bool
) -> tuple[str, tuple[str, ...]]:
    """The column, and what stands in it."""
    try:
        canonical = language(code).code
    except UsageError as error:
        raise InputError(where, f"{kind.key} of {docid!r}: {error}") from error
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InputError(where, f"{kind.key} of {docid!r}, {code!r}: expected a list of strings")
    stripped = tuple(text.strip() for text in texts)
    if not allow_empty and not all(stripped):
        raise InputError(
            where,
            f"{kind.key} of {docid!r}, {code!r}: an empty {kind.one} at position {stripped.index('')}; run "
            "`pyserini-xqg filter` or leave it out",
        )
    return column(canonical, kind), stripped
