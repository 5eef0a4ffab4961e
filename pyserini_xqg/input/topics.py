"""Topics as a stream, in the TSV that Pyserini reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines


@dataclass(frozen=True, slots=True)
class Topic:
    """A query that somebody asks."""

    qid: str
    text: str


def read_topics(topics: str | Path) -> Iterator[Topic]:
    """Stream topics from a TSV file ``qid<TAB>text``, plain or ``.gz``; quotes are ordinary characters.

    :raises InputError: with file and line, for a missing or further tab, an empty id or text, or a repeated id.
    """
    topics = Path(topics)
    seen: dict[str, int] = {}
    for number, line in numbered_lines(topics):
        where = Location(topics, number)
        columns = line.split("\t")
        if len(columns) != 2:
            found = "no tab" if len(columns) == 1 else f"{len(columns) - 1} tabs"
            raise InputError(
                where,
                f"expected 'qid<TAB>text', found {found} (Pyserini would cut the text at its first tab); replace tabs "
                "inside the text by spaces",
            )
        qid, text = columns[0].strip(), columns[1].strip()
        if not qid or not text:
            raise InputError(where, "the topic's id or text is empty")
        if qid in seen:
            raise InputError(where, f"topic {qid!r} is there already, at line {seen[qid]}")
        seen[qid] = number
        yield Topic(qid, text)
