"""Reads what a retriever learns from: folders of ``dataset``, and JSONL in the shapes of DPR and Tevatron."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.records import OnError, json_files, read_records
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.languages import language
from pyserini_xqg.train.retriever.data.questions import LeftOutQueries, Passages, TrainingQuery
from pyserini_xqg.train.retriever.data.shapes import question_of

_TOPICS = re.compile(r"topics\.([^.]+)\.tsv(\.gz)?")
_CORPORA = ("corpus.jsonl", "corpus.jsonl.gz")


class Reader:
    """Reads places one after another, all of their passages into one pool.

    :param languages: keep these only; empty for all. A single one also stands for records that name none.
    :param room: passages to take from the corpus of topics without labels.
    """

    def __init__(
        self, passages: Passages, languages: tuple[str, ...], room: int, on_error: OnError, left_out: LeftOutQueries
    ) -> None:
        self._passages = passages
        self._languages = languages
        self._room = room
        self._on_error = on_error
        self._left_out = left_out
        self.files: list[Path] = []
        self.corpora: list[Path] = []

    def read(self, places: list[Path], *, labelled: bool) -> list[TrainingQuery]:
        """The queries of these places, in their order, each query once.

        :param labelled: leave out, and count, queries without a passage.
        :raises InputError: with file and line, for a bad record, or a place without a query.
        """
        found: dict[tuple[str, str], TrainingQuery] = {}
        for place in places:
            number = 0
            for question in self._of(place):
                number += 1
                if self._languages and question.code not in self._languages:
                    self._left_out.other_languages[question.code] += 1
                elif labelled and not question.positives:
                    self._left_out.unlabelled += 1
                else:
                    key = question.text, question.code
                    known = found.get(key)
                    found[key] = _merged(known, question) if known else question
            if not number:
                raise InputError(Location(place), "holds no query to learn from")
        return list(found.values())

    def _of(self, place: Path) -> Iterator[TrainingQuery]:
        if place.is_dir() and any(_TOPICS.fullmatch(path.name) for path in place.iterdir()):
            return self._folder(place)
        return self._records(place)

    def _folder(self, place: Path) -> Iterator[TrainingQuery]:
        corpus = next((place / name for name in _CORPORA if (place / name).is_file()), None)
        if corpus is None:
            raise InputError(
                Location(place),
                "holds topics without their passages; expected corpus.jsonl beside them, as `dataset` writes it",
            )
        topics = {named[1]: path for path in sorted(place.iterdir()) if (named := _TOPICS.fullmatch(path.name))}
        judged = {code: path for code in topics if (path := place / f"qrels.{code}.txt").is_file()}
        self.files += [corpus, *topics.values(), *judged.values()]
        self.corpora.append(corpus)
        qrels = {code: _relevant(path) for code, path in judged.items()}
        rows = self._take(
            corpus, {docid for passages in qrels.values() for found in passages.values() for docid in found}
        )
        for code, path in topics.items():
            canonical = _canonical(code, Location(path))
            for number, topic in enumerate(read_topics(path), 1):
                labels = qrels.get(code, {}).get(topic.qid, {})
                for docid, where in labels.items():
                    if docid not in rows:
                        raise InputError(
                            where, f"passage {docid!r} is not in {corpus}; take both from the same data set"
                        )
                yield TrainingQuery(
                    topic.text, canonical, tuple(rows[docid] for docid in labels), (), Location(path, number)
                )

    def _take(self, corpus: Path, wanted: set[str]) -> dict[str, int]:
        """Take the wanted passages of a corpus, and where none are wanted its first ones, as many as there is room
        for.
        """
        rows: dict[str, int] = {}
        for passage in read_passages(corpus, self._on_error, self._left_out.skipped):
            if passage.docid in wanted or (not wanted and len(rows) < self._room):
                rows[passage.docid] = self._passages.add(passage.docid, passage.contents)
        return rows

    def _records(self, place: Path) -> Iterator[TrainingQuery]:
        files = json_files(place)
        self.files += files
        default = self._languages[0] if len(self._languages) == 1 else None

        def read(where: Location, value: dict[str, object]) -> TrainingQuery:
            return question_of(value, where, self._passages, default)

        for where, value in read_records(files, self._on_error, self._left_out.skipped):
            try:
                yield read(where, value)
            except InputError as error:
                if self._on_error is OnError.STOP:
                    raise
                self._left_out.skipped.add(error)


def _relevant(path: Path) -> dict[str, dict[str, Location]]:
    found: dict[str, dict[str, Location]] = {}
    for number, judgment in enumerate(read_qrels(path), 1):
        if judgment.relevance > 0:
            found.setdefault(judgment.qid, {})[judgment.docid] = Location(path, number)
    return found


def _canonical(code: str, where: Location) -> str:
    try:
        return language(code).code
    except UsageError as error:
        raise InputError(where, str(error)) from error


def _merged(one: TrainingQuery, other: TrainingQuery) -> TrainingQuery:
    """The same query, asked twice: what either knows."""
    positives = tuple(dict.fromkeys(one.positives + other.positives))
    negatives = tuple(row for row in dict.fromkeys(one.negatives + other.negatives) if row not in positives)
    return TrainingQuery(one.text, one.code, positives, negatives, one.where)
