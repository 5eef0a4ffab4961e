"""Passages, generated queries, topics, qrels and runs as streams, in Pyserini's own formats.

Nothing here holds a collection in memory: each reader yields one record after another and names file and line when one is bad.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files import numbered_lines
from pyserini_xqg.languages import language

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


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of the corpus."""

    docid: str
    contents: str
    """What is encoded and indexed: ``contents`` as it stands, or ``title`` and ``text`` joined by a space."""
    where: Location


@dataclass(frozen=True, slots=True)
class PassageQueries:
    """The generated queries of one passage, by canonical language code."""

    docid: str
    queries: Mapping[str, tuple[str, ...]]
    where: Location


@dataclass(frozen=True, slots=True)
class Topic:
    """A query that somebody asks."""

    qid: str
    text: str


@dataclass(frozen=True, slots=True)
class Judgment:
    """A line of a qrels file."""

    qid: str
    docid: str
    relevance: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A line of a TREC run file."""

    qid: str
    docid: str
    rank: int
    score: float
    tag: str


def read_passages(corpus: Path, on_error: OnError = OnError.STOP, skipped: Skipped | None = None) -> Iterator[Passage]:
    """Stream a corpus: a JSONL file, plain or ``.gz``, or a folder of such files taken in the order of their names.

    :raises InputError: with file and line, for malformed JSON, a missing id or an empty text.
    """
    return _records(json_files(corpus), _passage, on_error, skipped)


def read_queries(
    queries: Path, on_error: OnError = OnError.STOP, skipped: Skipped | None = None, *, allow_empty: bool = False
) -> Iterator[PassageQueries]:
    """Stream generated queries: ``{"id": "d1", "queries": {"ar": ["…"], "ja": ["…"]}}``, one passage a line.

    :param allow_empty: let empty queries through, for the stage that drops them.
    :raises InputError: with file and line, for malformed JSON, a missing id, an unknown language or an empty query.
    """
    return _records(json_files(queries), partial(_passage_queries, allow_empty=allow_empty), on_error, skipped)


def read_records(files: list[Path], on_error: OnError, skipped: Skipped | None = None) -> Iterator[tuple[Location, dict[str, Any]]]:
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
        raise InputError(Location(place), "is not a regular file; the input is read more than once, so write it to a file first")
    return [place]


def _object(line: str, where: Location) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(where, f"malformed JSON ({error.msg} at column {error.colno}); expected one JSON object a line") from error
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
        raise InputError(where, f"holds {half}, half of a surrogate pair, which is no character; remove or complete it") from error


def _docid(value: dict[str, Any], where: Location) -> str:
    for name in _ID_FIELDS:
        if value.get(name) is not None:
            if not isinstance(value[name], str | int) or isinstance(value[name], bool):
                raise InputError(where, f"the {name!r} is of type {type(value[name]).__name__}; an id must be a string or a whole number")
            docid = str(value[name])
            if not docid.strip():
                raise InputError(where, f"the {name!r} is empty; every record needs an id")
            if docid.split() != [docid]:
                raise InputError(where, f"the id {docid!r} holds white space, which no TREC run file can carry; replace it, for instance by '_'")
            return docid
    raise InputError(where, f"no id: expected one of {', '.join(map(repr, _ID_FIELDS))}")


def _passage(value: dict[str, Any], where: Location) -> Passage:
    docid = _docid(value, where)
    if "contents" in value:
        contents = value["contents"]
    elif "text" in value:
        contents = " ".join(part for part in (value.get("title"), value["text"]) if part) if isinstance(value["text"], str) else value["text"]
    else:
        raise InputError(where, f"passage {docid!r} has neither 'contents' nor 'text'")
    if not isinstance(contents, str):
        raise InputError(where, f"passage {docid!r}: expected a string to encode, found {type(contents).__name__}")
    contents = contents.strip()
    if not contents:
        raise InputError(where, f"passage {docid!r} has an empty text")
    return Passage(docid, contents, where)


def _passage_queries(value: dict[str, Any], where: Location, *, allow_empty: bool) -> PassageQueries:
    docid = _docid(value, where)
    by_language = value.get("queries")
    if not isinstance(by_language, dict):
        raise InputError(where, f'queries of {docid!r}: expected "queries": {{"LANG": ["…"]}}, found {type(by_language).__name__}')
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
                where, f"queries of {docid!r}, {code!r}: an empty query at position {stripped.index('')}; run `pyserini-xqg filter` or leave it out"
            )
        if canonical in queries:
            raise InputError(where, f"queries of {docid!r}: the language {canonical!r} is there twice")
        queries[canonical] = stripped
    return PassageQueries(docid, queries, where)


def read_topics(topics: Path) -> Iterator[Topic]:
    """Stream topics from a TSV file ``qid<TAB>text``, plain or ``.gz``; quotes are ordinary characters.

    :raises InputError: with file and line, for a missing or further tab, an empty id or text, or a repeated id.
    """
    seen: dict[str, int] = {}
    for number, line in numbered_lines(topics):
        where = Location(topics, number)
        columns = line.split("\t")
        if len(columns) != 2:
            found = "no tab" if len(columns) == 1 else f"{len(columns) - 1} tabs"
            raise InputError(
                where,
                f"expected 'qid<TAB>text', found {found} (Pyserini would cut the text at its first tab); replace tabs inside the text by spaces",
            )
        qid, text = columns[0].strip(), columns[1].strip()
        if not qid or not text:
            raise InputError(where, "the topic's id or text is empty")
        if qid in seen:
            raise InputError(where, f"topic {qid!r} is there already, at line {seen[qid]}")
        seen[qid] = number
        yield Topic(qid, text)


def read_qrels(qrels: Path) -> Iterator[Judgment]:
    """Stream a TREC qrels file ``qid 0 docid relevance``.

    :raises InputError: with file and line, for a line of another shape.
    """
    for number, line in numbered_lines(qrels):
        columns = line.split()
        try:
            qid, _, docid, relevance = columns
            yield Judgment(qid, docid, int(relevance))
        except ValueError as error:
            raise InputError(Location(qrels, number), "expected 'qid 0 docid relevance', four columns, the last a whole number") from error


def read_run(run: Path) -> Iterator[RunLine]:
    """Stream a TREC run file ``qid Q0 docid rank score tag``.

    :raises InputError: with file and line, for a line of another shape or a document that is there twice for its query.
    """
    qid_now, seen = "", set[str]()
    for number, line in numbered_lines(run):
        where = Location(run, number)
        columns = line.split()
        try:
            qid, _, docid, rank, score, tag = columns
            parsed = RunLine(qid, docid, int(rank), float(score), tag)
        except ValueError as error:
            raise InputError(where, "expected 'qid Q0 docid rank score tag', six columns, rank a whole number and score a number") from error
        if qid != qid_now:
            qid_now, seen = qid, set()
        if docid in seen:
            raise InputError(where, f"document {docid!r} is there twice for query {qid!r}")
        seen.add(docid)
        yield parsed
