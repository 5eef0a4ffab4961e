"""The lines of a TREC run file, as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines


@dataclass(frozen=True, slots=True)
class RunLine:
    """A line of a TREC run file."""

    qid: str
    docid: str
    rank: int
    score: float
    tag: str


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
            raise InputError(
                where, "expected 'qid Q0 docid rank score tag', six columns, rank a whole number and score a number"
            ) from error
        if qid != qid_now:
            qid_now, seen = qid, set()
        if docid in seen:
            raise InputError(where, f"document {docid!r} is there twice for query {qid!r}")
        seen.add(docid)
        yield parsed
