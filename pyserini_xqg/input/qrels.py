"""TREC qrels as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines


@dataclass(frozen=True, slots=True)
class Judgment:
    """A line of a qrels file."""

    qid: str
    docid: str
    relevance: int


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
            raise InputError(
                Location(qrels, number), "expected 'qid 0 docid relevance', four columns, the last a whole number"
            ) from error
