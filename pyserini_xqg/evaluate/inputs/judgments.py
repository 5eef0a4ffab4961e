"""Qrels and answers as the mappings that scoring works on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.evaluate.inputs.places import by_language
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.languages import language

type Judgments = dict[str, dict[str, int]]
"""Query id -> docid -> relevance."""
type Answers = dict[str, tuple[str, ...]]
"""Query id -> the answers that count."""


def read_judgments(qrels: Path) -> Judgments:
    """Read a qrels file whole.

    :raises InputError: a line of another shape, a document judged twice for its query, or an empty file.
    """
    judgments: Judgments = {}
    for number, line in enumerate(read_qrels(qrels), 1):
        documents = judgments.setdefault(line.qid, {})
        if line.docid in documents:
            raise InputError(Location(qrels, number), f"document {line.docid!r} is judged twice for query {line.qid!r}")
        documents[line.docid] = line.relevance
    if not judgments:
        raise InputError(Location(qrels), "the qrels file is empty")
    return judgments


def check_shared(rankings: Mapping[str, object], judged: Mapping[str, object], run: Path, judgments: Path) -> None:
    """See that a run and its judgments speak of the same queries.

    :raises InputError: they share none.
    """
    if rankings and not rankings.keys() & judged.keys():
        raise InputError(
            Location(run),
            f"shares no query with {judgments}: the run's first is {next(iter(rankings))!r}, there the first is "
            f"{next(iter(judged))!r}; take both from the same data set",
        )


def read_answers(place: Path) -> dict[str, Answers]:
    """Read answers, JSONL with ``id``, ``answers`` and ``lang``: language code -> query id -> answers.

    :param place: a file, or a folder with ``answers.LANG.jsonl``, where the file name stands in for a missing ``lang``.
        XOR-Retrieve's own file fits.
    :raises InputError: with file and line, for a record of another shape, an empty answer, an unknown language or a
        repeated id.
    """
    found: dict[str, Answers] = {}
    for code, path in by_language(place, "answers").items():
        for number, line in numbered_lines(path):
            record = _answer_record(line, Location(path, number), code)
            answers = found.setdefault(record.language, {})
            if record.qid in answers:
                raise InputError(Location(path, number), f"question {record.qid!r} is there already")
            answers[record.qid] = record.answers
    if not found:
        raise InputError(Location(place), "holds no answers")
    return found


@dataclass(frozen=True, slots=True)
class _AnswerRecord:
    qid: str
    answers: tuple[str, ...]
    language: str


def _answer_record(line: str, where: Location, code: str) -> _AnswerRecord:
    try:
        value: Any = json.loads(line)
        qid, answers = str(value["id"]), value["answers"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(where, 'expected {"id": "…", "answers": ["…"], "lang": "…"}, one object a line') from error
    if not isinstance(answers, list) or not all(isinstance(answer, str) and answer for answer in answers):
        raise InputError(
            where,
            f"question {qid!r}: 'answers' must be a list of strings, none of them empty (an empty one would be found "
            "everywhere)",
        )
    try:
        return _AnswerRecord(qid, tuple(answers), language(value["lang"]).code if "lang" in value else code)
    except UsageError as error:
        raise InputError(where, f"question {qid!r}: {error}") from error


def read_contents(corpus: Path, docids: set[str]) -> dict[str, str]:
    """The texts of these documents, from one streamed pass over the corpus that ends when all are found.

    Only the texts that are asked for are held. Docids that the corpus lacks are not in the result.
    """
    found: dict[str, str] = {}
    if not docids:
        return found
    for passage in read_passages(corpus):
        if passage.docid in docids:
            found[passage.docid] = passage.contents
            if len(found) == len(docids):
                break
    return found
