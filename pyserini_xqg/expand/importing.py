"""Published queries into our own layout, so that nobody generates twice.

The authors' records have a ``docid`` and ``generated_queries``, by language; our own layout is taken too. A passage may
come in several records and files, for instance a file a language. What must be remembered lies in a private temporary
SQLite database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, OutputError, UsageError
from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.records import OnError, Skipped, json_files, read_records, record_id
from pyserini_xqg.languages import LANGUAGES, language

_FIELDS = ("generated_queries", "queries")
_BY_NAME = {entry.name.casefold(): entry.code for entry in LANGUAGES.values()}
_CACHE_KIB = 8 * 1024


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was taken.

    :param empty: queries without any text, which were left out.
    :param without: passages of the corpus that have no queries; 0 where no corpus was given.
    """

    passages: int
    queries: int
    languages: tuple[str, ...]
    empty: int
    without: int
    skipped: Skipped


def import_queries(
    places: Sequence[Path],
    output: Path,
    corpus: Path | None = None,
    languages: tuple[str, ...] | None = None,
    on_error: OnError = OnError.STOP,
) -> ImportResult:
    """Write published queries as ``output/queries.jsonl``, in the corpus's order where it is given, else in their own.

    :param places: JSONL files, plain or ``.gz``, or folders of such.
    :param languages: keep only these; None for all.
    :raises InputError: with file and line, for a bad record, or one of a passage that is not in the corpus.
    :raises OutputError: ``output`` is there already, or cannot be written.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output} is there already; choose another --output, or remove it")
    with closing(_Merge(corpus, on_error)) as merge:
        for place in places:
            for where, value in read_records(json_files(place), on_error, merge.skipped):
                merge.take(where, value, languages)
        if not merge.queries:
            raise InputError(Location(places[0]), f"holds no query{f' in {", ".join(languages)}' if languages else ''}")
        with (
            replacing_folder(output) as partial,
            (partial / "queries.jsonl").open("w", encoding="utf-8", newline="\n") as stream,
        ):
            for line in merge.lines():
                stream.write(line + "\n")
        return merge.result()


class _Merge:
    def __init__(self, corpus: Path | None, on_error: OnError) -> None:
        self.skipped = Skipped()
        self.queries = self.empty = 0
        self._corpus = corpus
        self._on_error = on_error
        self._languages: set[str] = set()
        self._database = sqlite3.connect("")  # private, on disk, and unlinked already
        for pragma in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE passages (number INTEGER PRIMARY KEY, docid TEXT UNIQUE, queries TEXT)")
        if corpus is not None:
            rows = ((passage.docid,) for passage in read_passages(corpus, on_error, self.skipped))
            self._database.executemany("INSERT OR IGNORE INTO passages (docid) VALUES (?)", rows)

    def close(self) -> None:
        self._database.close()

    def take(self, where: Location, value: dict[str, Any], languages: tuple[str, ...] | None) -> None:
        try:
            docid = record_id(value, where)
            found = {
                code: texts
                for code, texts in _queries(value, docid, where).items()
                if languages is None or code in languages
            }
            self._add(docid, found, where)
        except InputError as error:
            if self._on_error is OnError.STOP:
                raise
            self.skipped.add(error)

    def _add(self, docid: str, found: dict[str, list[str]], where: Location) -> None:
        row = self._database.execute("SELECT queries FROM passages WHERE docid = ?", (docid,)).fetchone()
        if row is None:
            if self._corpus is not None:
                raise InputError(where, f"queries for {docid!r}, which is not in {self._corpus}")
            self._database.execute("INSERT INTO passages (docid) VALUES (?)", (docid,))
        merged: dict[str, list[str]] = json.loads(row[0]) if row and row[0] else {}
        for code, texts in found.items():
            kept = [text for text in texts if text]
            self.empty += len(texts) - len(kept)
            self.queries += len(kept)
            if kept:
                self._languages.add(code)
                merged.setdefault(code, []).extend(kept)
        self._database.execute(
            "UPDATE passages SET queries = ? WHERE docid = ?", (json.dumps(merged, ensure_ascii=False), docid)
        )

    def lines(self) -> Iterator[str]:
        query = "SELECT docid, queries FROM passages WHERE queries IS NOT NULL ORDER BY number"
        for docid, queries in self._database.execute(query):
            yield json.dumps({"id": docid, "queries": json.loads(queries)}, ensure_ascii=False)

    def result(self) -> ImportResult:
        taken, without = self._database.execute(
            "SELECT COUNT(queries), COUNT(*) - COUNT(queries) FROM passages"
        ).fetchone()
        return ImportResult(taken, self.queries, tuple(sorted(self._languages)), self.empty, without, self.skipped)


def _queries(value: dict[str, Any], docid: str, where: Location) -> dict[str, list[str]]:
    by_language = next((value[name] for name in _FIELDS if name in value), None)
    if not isinstance(by_language, dict):
        raise InputError(
            where,
            f'queries of {docid!r}: expected "generated_queries": {{"LANG": ["…"]}}, found '
            f"{type(by_language).__name__}",
        )
    found: dict[str, list[str]] = {}
    for name, texts in by_language.items():
        if isinstance(texts, str):
            texts = [texts]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise InputError(where, f"queries of {docid!r}, {name!r}: expected a list of strings")
        found.setdefault(_code(name, docid, where), []).extend(" ".join(text.split()) for text in texts)
    return found


def _code(name: str, docid: str, where: Location) -> str:
    try:
        return language(_BY_NAME.get(name.casefold(), name)).code
    except UsageError as error:
        raise InputError(where, f"queries of {docid!r}: {error}") from error
