"""Published texts into our own layout, so that nobody generates twice.

The authors' records have a ``docid`` and ``generated_queries``, by language; our own layout is taken too, and
translations as collections of passages. A passage may come in several records and files, for instance a file a
language. What must be remembered lies in a private temporary SQLite database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, OutputError, UsageError
from pyserini_xqg.expand.published import PublishedTexts, read_published
from pyserini_xqg.files.whole import replacing_folder
from pyserini_xqg.fusion.text_kind import TextKind, column, in_words
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.queries import PassageQueries, by_key, read_queries
from pyserini_xqg.input.records import OnError, Skipped

_CACHE_KIB = 8 * 1024


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What was taken.

    :param queries: texts of the kind that was asked for.
    :param empty: those without any text, which were left out.
    :param without: passages of the corpus that have none; 0 where no corpus was given.
    """

    passages: int
    queries: int
    languages: tuple[str, ...]
    empty: int
    without: int
    skipped: Skipped


def import_queries(
    *,
    places: Sequence[Path],
    output: Path,
    corpus: Path | None = None,
    languages: tuple[str, ...] | None = None,
    kind: TextKind = TextKind.QUESTIONS,
    beside: Path | None = None,
    on_error: OnError = OnError.STOP,
) -> ImportResult:
    """Write published texts as ``output/queries.jsonl``, in the corpus's order where it is given, else in their own.

    :param places: JSONL files, plain or ``.gz``, or folders of such; translations as TSV too.
    :param languages: keep only these; None for all.
    :param kind: what the texts are to their passages.
    :param beside: other texts of the passages, which are kept on the same lines.
    :raises InputError: with file and line, for a bad record, or one of a passage that is not in the corpus.
    :raises UsageError: there are such texts already in ``beside``.
    :raises OutputError: ``output`` is there already, or cannot be written.
    """
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output} is there already; choose another --output, or remove it")
    with closing(_Merge(corpus, kind, on_error)) as merge:
        for place in places:
            for found in read_published(place, kind, languages, on_error, merge.skipped):
                merge.take(found)
        if not merge.queries:
            which = f" in {', '.join(languages)}" if languages else ""
            raise InputError(Location(places[0]), f"holds no {kind.one}{which}")
        if beside is not None:
            for record in read_queries(beside, on_error, merge.skipped):
                merge.keep(record, beside)
        with (
            replacing_folder(output) as partial,
            (partial / "queries.jsonl").open("w", encoding="utf-8", newline="\n") as stream,
        ):
            for line in merge.lines():
                stream.write(line + "\n")
        return merge.result()


class _Merge:
    def __init__(self, corpus: Path | None, kind: TextKind, on_error: OnError) -> None:
        self.skipped = Skipped()
        self.queries = self.empty = 0
        self._corpus = corpus
        self._kind = kind
        self._on_error = on_error
        self._languages: set[str] = set()
        self._database = sqlite3.connect("")  # private, on disk, and unlinked already
        for pragma in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE passages (number INTEGER PRIMARY KEY, docid TEXT UNIQUE, texts TEXT, beside TEXT)"
        )
        if corpus is not None:
            rows = ((passage.docid,) for passage in read_passages(corpus, on_error, self.skipped))
            self._database.executemany("INSERT OR IGNORE INTO passages (docid) VALUES (?)", rows)

    def close(self) -> None:
        self._database.close()

    def take(self, found: PublishedTexts) -> None:
        """Add one record's texts."""
        texts = self._there(found.docid, found.where)
        if texts is None:
            return
        for code, each in found.texts.items():
            kept = [text for text in each if text]
            self.empty += len(each) - len(kept)
            self.queries += len(kept)
            if kept:
                self._languages.add(code)
                texts.setdefault(column(code, self._kind), []).extend(kept)
        self._write("texts", found.docid, texts)

    def keep(self, record: PassageQueries, place: Path) -> None:
        """Keep other texts of a passage beside those that were taken."""
        own = {column(code, self._kind) for code in self._languages}
        if clash := sorted(own & record.queries.keys()):
            raise UsageError(f"{place} holds {in_words(clash)} already; leave these --languages out")
        if self._there(record.docid, record.where) is not None:
            self._write("beside", record.docid, record.queries)

    def _there(self, docid: str, where: Location) -> dict[str, list[str]] | None:
        """The texts of a passage that were taken so far; None where it is left out, for it is not in the corpus."""
        row = self._database.execute("SELECT texts FROM passages WHERE docid = ?", (docid,)).fetchone()
        if row is None:
            if self._corpus is not None:
                error = InputError(where, f"{self._kind.key} for {docid!r}, which is not in {self._corpus}")
                if self._on_error is OnError.STOP:
                    raise error
                self.skipped.add(error)
                return None
            self._database.execute("INSERT INTO passages (docid) VALUES (?)", (docid,))
        found: dict[str, list[str]] = json.loads(row[0]) if row and row[0] else {}
        return found

    def _write(self, where: str, docid: str, texts: Mapping[str, Sequence[str]]) -> None:
        self._database.execute(
            f"UPDATE passages SET {where} = ? WHERE docid = ?", (json.dumps(texts, ensure_ascii=False), docid)
        )

    def lines(self) -> Iterator[str]:
        query = (
            "SELECT docid, texts, beside FROM passages WHERE texts IS NOT NULL OR beside IS NOT NULL ORDER BY number"
        )
        for docid, texts, beside in self._database.execute(query):
            columns = {**json.loads(beside or "{}"), **json.loads(texts or "{}")}
            yield json.dumps({"id": docid, **by_key(columns)}, ensure_ascii=False)

    def result(self) -> ImportResult:
        taken, without = self._database.execute("SELECT COUNT(texts), COUNT(*) - COUNT(texts) FROM passages").fetchone()
        without = without if self._corpus is not None else 0
        return ImportResult(taken, self.queries, tuple(sorted(self._languages)), self.empty, without, self.skipped)
