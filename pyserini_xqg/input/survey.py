"""A first look through passages and queries, before anything is encoded or indexed.

It finds every bad record while there is nothing to lose yet, and learns what the pass needs to know beforehand: how
many passages there are, which languages, and whether the queries come in the corpus's order. What must be remembered of
each record lies in a private temporary SQLite database (which the system removes even after a kill), so memory does not
grow with the corpus.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, OutputError
from pyserini_xqg.files.sources import Source, Sources, combined
from pyserini_xqg.fusion.text_kind import language_of, languages_of
from pyserini_xqg.input.hashes import file_hashes
from pyserini_xqg.input.passage_source import CorpusSource, PassageRecord, PassageSource
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries, read_queries
from pyserini_xqg.input.query_folder import check_whole
from pyserini_xqg.input.records import OnError, Skipped, json_files

_CACHE_KIB = 4 * 1024
"""What SQLite may hold of its database: little beside the rest, so that the peak is the same whatever the size of the
corpus.
"""


class PassageSurvey[Record: PassageRecord]:
    """What a first look found; afterwards it streams the same records again, passages joined with their queries.

    :param passages: where the passages come from.
    :param queries: generated queries, a JSONL file or folder, or None for none.
    :param languages: keep only these languages' queries; None for all that are there.
    :param allow_empty: let empty queries through, for the stage that drops them.
    :raises InputError: with file and line, for the first bad record (under :attr:`OnError.STOP`), for a language
        without any query, or for queries of `expand` that are not all there.
    :raises OutputError: the temporary database does not fit on its disk.
    """

    def __init__(
        self,
        passages: PassageSource[Record],
        queries: Path | None,
        languages: tuple[str, ...] | None,
        on_error: OnError,
        *,
        allow_empty: bool = False,
    ) -> None:
        self.skipped = Skipped()
        self.passages = 0
        self.passages_with_queries = 0
        self.queries = 0
        self.most_queries = 0
        self._source = passages
        self._queries = queries
        self._wanted = languages
        self._on_error = on_error
        self._allow_empty = allow_empty
        self._dropped: set[Location] = set()
        self._found_columns: set[str] = set()
        self._in_order = True
        self._states = self._look_at_files()
        # An empty name is a private on-disk database that SQLite has unlinked already.
        self._database = sqlite3.connect("")
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute(
            "CREATE TABLE passages (docid TEXT PRIMARY KEY, number INTEGER, line TEXT) WITHOUT ROWID"
        )
        self._database.execute("CREATE TABLE queries (number INTEGER PRIMARY KEY, line TEXT, payload TEXT)")
        try:
            self._look_through_passages()
            if queries is not None:
                check_whole(queries)
                self._look_through_queries(queries)
        except sqlite3.OperationalError as error:
            raise OutputError(
                f"the survey's temporary file could not be written ({error}); set SQLITE_TMPDIR to a folder with more "
                "space"
            ) from error
        self._refuse_missing_languages()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the texts that are kept, sorted: ``ar``, ``ar.gloss``, ``ja``."""
        return tuple(sorted(self._found_columns))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the texts that are kept, sorted."""
        return languages_of(self.columns)

    def inputs_hash(self) -> str:
        """SHA-256 over the bytes of all input files, in the order they are read."""
        passages, queries = self._hashes
        return combined(passages + queries)

    def sources(self) -> Sources:
        """Where the input lies, and its hashes."""
        passages, queries = self._hashes
        return self._source.sources(passages, Source.of(self._queries, queries) if self._queries else None)

    def docids(self) -> Iterator[str]:
        """The passages' docids, in no order that means anything; never all in memory."""
        return (row[0] for row in self._database.execute("SELECT docid FROM passages"))

    def windows(
        self, size: int, only: Callable[[str], bool] | None = None
    ) -> Iterator[tuple[list[Record], list[PassageQueries | None]]]:
        """Stream the passages in windows of ``size``, each with its queries or None.

        :param only: which docids are wanted; None for all.
        :raises InputError: a file was changed since the first look.
        """
        ordered = self._kept_queries() if self._queries is not None and self._in_order else iter(())
        ahead = next(ordered, None)
        passages: list[Record] = []
        found: list[PassageQueries | None] = []
        for number, passage in enumerate(self._kept_passages()):
            mine: PassageQueries | None = None
            if ahead is not None and ahead.docid == passage.docid:
                mine, ahead = ahead, next(ordered, None)
            elif not self._in_order:
                mine = self._spooled(number, passage.docid)
            if only is not None and not only(passage.docid):
                continue
            passages.append(passage)
            found.append(mine)
            if len(passages) == size:
                self._refuse_changes()
                yield passages, found
                passages, found = [], []
        self._refuse_changes()
        if passages:
            yield passages, found

    @cached_property
    def _hashes(self) -> tuple[list[str], list[str]]:
        return self._source.file_hashes(), file_hashes(self._queries) if self._queries else []

    def _look_through_passages(self) -> None:
        insert = "INSERT OR IGNORE INTO passages VALUES (?, ?, ?)"
        for passage in self._source.read(self._on_error, self.skipped):
            if self._database.execute(insert, (passage.docid, self.passages, str(passage.where))).rowcount:
                self.passages += 1
                continue
            first = self._database.execute("SELECT line FROM passages WHERE docid = ?", (passage.docid,)).fetchone()[0]
            self._reject(
                InputError(
                    passage.where, f"the docid {passage.docid!r} is there already, at {first}; docids must be unique"
                )
            )
        if not self.passages:
            raise InputError(Location(self._source.place), "holds no passage")

    def _look_through_queries(self, queries: Path) -> None:
        last = -1
        for record in read_queries(queries, self._on_error, self.skipped, allow_empty=self._allow_empty):
            row = self._database.execute("SELECT number FROM passages WHERE docid = ?", (record.docid,)).fetchone()
            if row is None:
                self._reject(
                    InputError(record.where, f"queries for {record.docid!r}, which is not in {self._source.place}")
                )
                continue
            try:
                self._database.execute("INSERT INTO queries VALUES (?, ?, NULL)", (row[0], str(record.where)))
            except sqlite3.IntegrityError:
                first = self._database.execute("SELECT line FROM queries WHERE number = ?", row).fetchone()[0]
                self._reject(
                    InputError(
                        record.where,
                        f"queries for {record.docid!r} are there already, at {first}; put them on one line",
                    )
                )
                continue
            self._in_order, last = self._in_order and row[0] > last, row[0]
            kept = self._only_wanted(record)
            self._found_columns.update(name for name, texts in kept.queries.items() if texts)
            self.passages_with_queries += any(kept.queries.values())
            self.queries += sum(map(len, kept.queries.values()))
            self.most_queries = max([self.most_queries, *map(len, kept.queries.values())])
        if not self._in_order:
            self._spool()

    def _refuse_missing_languages(self) -> None:
        missing = [code for code in self._wanted or () if code not in self.languages]
        if missing:
            place = Location(self._queries or self._source.place)
            raise InputError(
                place,
                f"holds no query in {', '.join(missing)}; leave that out of --languages, or give the --queries that "
                "have it",
            )

    def _look_at_files(self) -> dict[Path, tuple[int, int]]:
        """Size and time of last change of every input file."""
        files = self._source.files() + (json_files(self._queries) if self._queries else [])
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    def _refuse_changes(self) -> None:
        now = self._look_at_files()
        if now != self._states:
            changed = min(path for path in now.keys() | self._states.keys() if now.get(path) != self._states.get(path))
            raise InputError(
                Location(changed),
                "was changed while it was being read; let its writer finish, then begin again with a new --output",
            )

    def _spool(self) -> None:
        for record in self._kept_queries():
            payload = json.dumps({code: list(texts) for code, texts in record.queries.items()}, ensure_ascii=False)
            self._database.execute(
                "UPDATE queries SET payload = ? WHERE number = (SELECT number FROM passages WHERE docid = ?)",
                (payload, record.docid),
            )

    def _spooled(self, number: int, docid: str) -> PassageQueries | None:
        row = self._database.execute("SELECT payload, line FROM queries WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        queries = {code: tuple(texts) for code, texts in json.loads(row[0]).items()}
        return PassageQueries(docid, queries, Location(Path(row[1])))

    def _reject(self, error: InputError) -> None:
        if self._on_error is OnError.STOP:
            raise error
        self.skipped.add(error)
        self._dropped.add(error.where)

    def _kept_passages(self) -> Iterator[Record]:
        return (passage for passage in self._source.read(self._on_error) if passage.where not in self._dropped)

    def _kept_queries(self) -> Iterator[PassageQueries]:
        if self._queries is None:
            return
        for record in read_queries(self._queries, self._on_error, allow_empty=self._allow_empty):
            if record.where not in self._dropped:
                yield self._only_wanted(record)

    def _only_wanted(self, record: PassageQueries) -> PassageQueries:
        if self._wanted is None:
            return record
        return PassageQueries(
            record.docid,
            {name: texts for name, texts in record.queries.items() if language_of(name) in self._wanted},
            record.where,
        )


class Survey(PassageSurvey[Passage]):
    """The survey of a corpus.

    :param corpus: a JSONL file or folder.
    """

    def __init__(
        self,
        corpus: Path,
        queries: Path | None,
        languages: tuple[str, ...] | None,
        on_error: OnError,
        *,
        allow_empty: bool = False,
    ) -> None:
        super().__init__(CorpusSource(corpus), queries, languages, on_error, allow_empty=allow_empty)
