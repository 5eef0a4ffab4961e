"""Training examples out of the files that people have: a passage, a language, and a query that somebody asked of it, or
its translation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.text import read_json
from pyserini_xqg.fusion.text_kind import TextKind, kind_of, language_of
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.records import OnError, Skipped, read_records
from pyserini_xqg.input.topics import read_topics
from pyserini_xqg.languages import language
from pyserini_xqg.train.generator.data.shapes import NoPassage, PassageQueryPair, gold_paragraphs, pairs
from pyserini_xqg.train.generator.options import TrainingFiles

_TOPICS = re.compile(r"topics\.([^.]+)\.tsv(\.gz)?")
_CORPORA = ("corpus.jsonl", "corpus.jsonl.gz")
_QUERIES = ("queries.jsonl", "queries.jsonl.gz")


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One thing to learn.

    :param passage: title and text, as the prompt will hold them.
    :param code: the language of what is to be written, canonical.
    :param query: what is to be written.
    :param where: where the query stands.
    """

    passage: str
    code: str
    query: str
    where: Location


@dataclass(slots=True)
class LeftOutExamples:
    """What was not used, and why.

    :param no_passage: records without one, such as AfriQA's questions that nobody found an answer to; by file.
    :param other_languages: examples in languages that were not asked for; by language.
    :param skipped: bad records.
    """

    no_passage: Counter[str] = field(default_factory=Counter)
    other_languages: Counter[str] = field(default_factory=Counter)
    skipped: Skipped = field(default_factory=Skipped)


def read_examples(
    places: list[Path], kind: TextKind, material: TrainingFiles, left_out: LeftOutExamples
) -> tuple[list[TrainingExample], list[Path]]:
    """Read everything that was named, each example once.

    :param places: files or folders of ``material``.
    :param kind: what is learned to be written.
    :returns: the examples, in the order of the files, and the files that they were read from.
    :raises InputError: with file and line, for a record that is none, an unknown language, or a place without a single
        example.
    """
    found: dict[tuple[str, str, str], TrainingExample] = {}
    files: list[Path] = []
    for place in places:
        before = len(found) + sum(left_out.other_languages.values())
        mine, read = _Reader(kind, material.corpus, material.on_error, left_out).read(place)
        files += read
        for example in mine:
            if material.languages and example.code not in material.languages:
                left_out.other_languages[example.code] += 1
            else:
                found.setdefault((example.passage, example.code, example.query), example)
        if len(found) + sum(left_out.other_languages.values()) == before:
            raise InputError(
                Location(place), f"holds no example to learn from: a passage with a {kind.one} and its language"
            )
    return list(found.values()), files


@dataclass(frozen=True, slots=True)
class _Reader:
    kind: TextKind
    corpus: Path | None
    on_error: OnError
    left_out: LeftOutExamples

    def read(self, place: Path) -> tuple[Iterator[TrainingExample], list[Path]]:
        """What a file or folder holds, and the files that it is read from."""
        if place.is_dir():
            return self._folder(place)
        if not place.exists():
            raise InputError(Location(place), "there is no such file or folder")
        shape = _first_record(place)
        if isinstance(shape, dict) and any(isinstance(shape.get(kind.key), dict) for kind in TextKind):
            beside = self.corpus or _one_of(place.parent, _CORPORA)
            if beside is None:
                raise InputError(
                    Location(place),
                    "holds queries without their passages, and there is no corpus.jsonl beside it; give --corpus",
                )
            return self._with_queries(beside, place), [beside, place]
        if isinstance(shape, dict) and isinstance(shape.get("data"), list):
            self._see_that_questions_are_learned(place)
            paragraphs = ((Location(place), pair) for pair in gold_paragraphs(shape, Location(place)))
            return self._examples(paragraphs, place), [place]
        if isinstance(shape, list):
            return self._examples(_from_list(shape, place), place), [place]
        return self._examples(read_records([place], self.on_error, self.left_out.skipped), place), [place]

    def _folder(self, place: Path) -> tuple[Iterator[TrainingExample], list[Path]]:
        corpus, queries = _one_of(place, _CORPORA), _one_of(place, _QUERIES)
        topics = {named[1]: path for path in sorted(place.iterdir()) if (named := _TOPICS.fullmatch(path.name))}
        if corpus is None or not (topics or queries):
            raise InputError(
                Location(place),
                "is no folder of `pyserini-xqg dataset`: expected corpus.jsonl with topics.LANG.tsv and qrels.LANG.txt",
            )
        if topics and queries:
            raise InputError(
                Location(place),
                f"holds topics and {queries.name}, of which one may be there to test the other; give {queries} to "
                "learn from the queries, or move it away to learn from the topics",
            )
        if queries:
            return self._with_queries(corpus, queries), [corpus, queries]
        self._see_that_questions_are_learned(place)
        qrels = {code: place / f"qrels.{code}.txt" for code in topics}
        return self._with_topics(corpus, topics, qrels), [corpus, *topics.values(), *qrels.values()]

    def _see_that_questions_are_learned(self, place: Path) -> None:
        if self.kind is not TextKind.QUESTIONS:
            raise InputError(Location(place), f"holds questions of its passages, and no {self.kind.one}")

    def _passages(self, corpus: Path) -> dict[str, str]:
        found = read_passages(corpus, self.on_error, self.left_out.skipped)
        return {passage.docid: passage.contents for passage in found}

    def _with_topics(self, corpus: Path, topics: dict[str, Path], qrels: dict[str, Path]) -> Iterator[TrainingExample]:
        passages = self._passages(corpus)
        for code, path in topics.items():
            canonical = _language(code, Location(path))
            texts = {topic.qid: topic.text for topic in read_topics(path)}
            for number, judgment in enumerate(read_qrels(qrels[code]), 1):
                if judgment.relevance < 1 or judgment.qid not in texts:
                    continue
                where = Location(qrels[code], number)
                if judgment.docid not in passages:
                    raise InputError(
                        where, f"passage {judgment.docid!r} is not in {corpus}; take both from the same data set"
                    )
                yield TrainingExample(passages[judgment.docid], canonical, texts[judgment.qid], where)

    def _with_queries(self, corpus: Path, queries: Path) -> Iterator[TrainingExample]:
        passages = self._passages(corpus)
        for record in read_queries(queries, self.on_error, self.left_out.skipped):
            if record.docid not in passages:
                raise InputError(
                    record.where, f"passage {record.docid!r} is not in {corpus}; take both from the same data set"
                )
            for name, texts in record.queries.items():
                if kind_of(name) is self.kind:
                    for text in texts:
                        yield TrainingExample(passages[record.docid], language_of(name), text, record.where)

    def _examples(self, records: Iterator[tuple[Location, Any]], place: Path) -> Iterator[TrainingExample]:
        for where, record in records:
            try:
                mine = [record] if isinstance(record, PassageQueryPair) else pairs(record, self.kind, place.name, where)
                for pair in mine:
                    yield TrainingExample(pair.passage, _language(pair.code, where), pair.query, where)
            except NoPassage:
                self.left_out.no_passage[str(place)] += 1
            except InputError as error:
                if self.on_error is OnError.STOP:
                    raise
                self.left_out.skipped.add(error)


def _from_list(records: list[Any], place: Path) -> Iterator[tuple[Location, Any]]:
    return ((Location(place), record) for record in records)


def _language(code: str, where: Location) -> str:
    try:
        return language(code).code
    except UsageError as error:
        raise InputError(where, str(error)) from error


def _first_record(place: Path) -> Any:
    """The whole file where it is one JSON value over many lines, else the first line's record; None where neither can
    be read.
    """
    import json

    from pyserini_xqg.files.text import numbered_lines

    for number, line in numbered_lines(place):
        if not line.strip():
            continue
        try:
            first = json.loads(line)
        except ValueError:
            return read_json(place) if number == 1 and line.lstrip()[:1] in "[{" and place.suffix == ".json" else None
        return first
    raise InputError(Location(place), "is empty; expected examples, one JSON object a line")


def _one_of(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
