"""What others have published of passages, a record after another: queries by language, and translations in the shapes
of CIRAL, NeuCLIR and mMARCO.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.input.records import OnError, Skipped, json_files, read_records, record_id
from pyserini_xqg.languages import LANGUAGES, language

_BY_LANGUAGE = ("generated_queries", "queries")
_TSV = (".tsv", ".tsv.gz", ".txt", ".txt.gz")
_BY_NAME = {entry.name.casefold(): entry.code for entry in LANGUAGES.values()}


@dataclass(frozen=True, slots=True)
class PublishedTexts:
    """What one record holds.

    :param texts: language to texts; they may be empty.
    """

    docid: str
    texts: Mapping[str, list[str]]
    where: Location


def read_published(
    place: Path, kind: TextKind, languages: tuple[str, ...] | None, on_error: OnError, skipped: Skipped
) -> Iterator[PublishedTexts]:
    """Stream the texts of one file or folder.

    :param kind: what they are to their passages.
    :param languages: keep only these; None for all. Texts whose record does not say its language are in the one that
        is asked for.
    :raises InputError: with file and line, for a record of another shape.
    """
    for where, record in _records(place, on_error, skipped):
        try:
            found = _published(record, kind, languages, where)
        except InputError as error:
            if on_error is OnError.STOP:
                raise
            skipped.add(error)
            continue
        yield found


def _records(place: Path, on_error: OnError, skipped: Skipped) -> Iterator[tuple[Location, dict[str, Any] | list[str]]]:
    """Objects of JSONL, columns of TSV."""
    if not place.name.endswith(_TSV):
        yield from read_records(json_files(place), on_error, skipped)
        return
    for number, line in numbered_lines(place):
        yield Location(place, number), line.split("\t")


def _published(
    record: dict[str, Any] | list[str], kind: TextKind, languages: tuple[str, ...] | None, where: Location
) -> PublishedTexts:
    if isinstance(record, list):
        if kind is TextKind.QUESTIONS:
            raise InputError(where, "queries are read from JSONL, with docid and generated_queries")
        docid, found = _row(record, kind, languages, where)
    else:
        docid = record_id(record, where)
        found = _texts(record, docid, kind, languages, where)
    kept = {code: texts for code, texts in found.items() if languages is None or code in languages}
    return PublishedTexts(docid, kept, where)


def _row(
    columns: list[str], kind: TextKind, languages: tuple[str, ...] | None, where: Location
) -> tuple[str, dict[str, list[str]]]:
    if len(columns) not in (2, 3):
        raise InputError(
            where, f"expected 'docid<TAB>text' or 'docid<TAB>language<TAB>text', found {len(columns)} columns"
        )
    docid = record_id({"docid": columns[0].strip()}, where)
    said = columns[1].strip() if len(columns) == 3 else None
    return docid, {_language(said, docid, kind, languages, where): [_one_line(columns[-1])]}


def _texts(
    value: dict[str, Any], docid: str, kind: TextKind, languages: tuple[str, ...] | None, where: Location
) -> dict[str, list[str]]:
    names = _BY_LANGUAGE if kind is TextKind.QUESTIONS else (kind.key, kind.value)
    by_language = next((value[name] for name in names if name in value), None)
    if isinstance(by_language, dict):
        return _by_language(by_language, docid, kind, where)
    if kind is TextKind.QUESTIONS:
        raise InputError(
            where,
            f'queries of {docid!r}: expected "generated_queries": {{"LANG": ["…"]}}, found '
            f"{type(by_language).__name__}",
        )
    text = value.get("contents", value.get("text")) if by_language is None else by_language
    if not isinstance(text, str):
        raise InputError(
            where,
            f"{kind.key} of {docid!r}: expected a text as {kind}, contents or text, or {kind.key} by language, found "
            f"{type(text).__name__}",
        )
    if by_language is None and "contents" not in value and isinstance(title := value.get("title"), str):
        text = f"{title} {text}"  # as passages are read
    said = value.get("language", value.get("lang"))
    return {_language(said, docid, kind, languages, where): [_one_line(text)]}


def _by_language(value: dict[str, Any], docid: str, kind: TextKind, where: Location) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, texts in value.items():
        if isinstance(texts, str):
            texts = [texts]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputError(where, f"{kind.key} of {docid!r}, {name!r}: expected a list of strings")
        found.setdefault(_code(name, docid, kind, where), []).extend(map(_one_line, texts))
    return found


def _language(said: Any, docid: str, kind: TextKind, languages: tuple[str, ...] | None, where: Location) -> str:
    """The language of a text: what its record says, else the one that is asked for."""
    if isinstance(said, str):
        return _code(said, docid, kind, where)
    if languages is None or len(languages) != 1:
        raise InputError(where, "does not say which language it is in; name it, and it alone, with --languages")
    return languages[0]


def _code(name: str, docid: str, kind: TextKind, where: Location) -> str:
    try:
        return language(_BY_NAME.get(name.casefold(), name)).code
    except UsageError as error:
        raise InputError(where, f"{kind.key} of {docid!r}: {error}") from error


def _one_line(text: str) -> str:
    return " ".join(text.split())
