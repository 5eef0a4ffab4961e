"""XQuAD (Artetxe, Ruder and Yogatama 2020, "On the Cross-lingual Transferability of Monolingual Representations").

240 paragraphs of SQuAD's development set and their 1,190 questions, translated by people into other languages, question
by question. Here the English paragraphs are the corpus, and a question in any language has one relevant passage: the
paragraph that it was asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.options import about
from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest, one_line
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import Publication, SourceFile, source_files
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.fusion.text_kind import TextKind, column
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.queries import by_key
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.languages import language

PUBLICATION = Publication(
    name="xquad",
    title="XQuAD v1",
    address="https://github.com/google-deepmind/xquad",
    version="commit 7d30520",
    licence="CC BY-SA 4.0",
    pattern="xquad.*.json",
    sha256={
        "xquad.ar.json": "abdabd7afed5c635d99cca0f3f0d0c9d9ed0bc77451e963c2e4e0638c29e486d",
        "xquad.de.json": "990b5d746746ed65ed4702ea5f35f99ffa4e2f1c390c07d003642acd937916f9",
        "xquad.el.json": "821cf0f88e73fa258fd2f548b19b6ec39f7025059e16f6f9fc8cd797c9c3663e",
        "xquad.en.json": "e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29",
        "xquad.es.json": "dcbae93ec3a9f4b9e78fd834a171d6f96c1a875e10e15b7530b7e4ef4971e37e",
        "xquad.hi.json": "df2cce3532b37e9beb8979704b5c9a4bf874358f105395a298b89427b43b9d24",
        "xquad.ru.json": "208d5b1aa154c52b1b5c5eda16281e455e8fd198cdb9af3f469f0d6037d973bf",
        "xquad.zh.json": "691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835",
    },
)
_CORPUS_LANGUAGE = "en"
_UNSAFE_IN_DOCIDS = re.compile(r"[\s#]+")


@dataclass(frozen=True, slots=True)
class _XquadQuestion:
    """A question of one language. ``position`` counts from 0 within its paragraph."""

    qid: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class _Paragraph:
    title: str
    context: str
    questions: tuple[_XquadQuestion, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where a question stands in the English file; its translations stand there too."""

    docid: str
    position: int


@dataclass(slots=True)
class _Split:
    """One language: the topics, the queries and the translation of each passage, and how many questions were mended or
    left out.
    """

    topics: list[Topic] = field(default_factory=list)
    queries: dict[str, list[str]] = field(default_factory=dict)
    translations: dict[str, str] = field(default_factory=dict)
    mended: int = 0
    left_out: int = 0


class Articles(StrEnum):
    """Which articles are taken, by their place in the files, from 0: halves that share no passage, one to learn from
    and one to judge by.
    """

    ALL = "all"
    EVEN = "even"
    ODD = "odd"

    def takes(self, position: int) -> bool:
        """Whether the article at this place is taken."""
        return self is Articles.ALL or position % 2 == (self is Articles.ODD)


@dataclass(frozen=True, slots=True)
class XquadOptions:
    """What can be chosen.

    :param articles: halves of the data by articles.
    :param oracle_queries: make the questions at even positions (0, 2, … within their paragraph) of every language but
        English the "generated" queries of their paragraph, and leave those at odd positions as topics in all languages.
        The queries are human translations, so what they gain is an upper bound for a generator.
    :param oracle_translations: make people's translations of a paragraph its "generated" translations, an upper bound
        in the same way.
    """

    oracle_queries: bool = field(
        default=False,
        metadata=about(
            "write half of the translated questions as queries.jsonl, as if generated, and leave the other half as "
            "topics"
        ),
    )
    articles: Articles = field(
        default=Articles.ALL, metadata=about("take all of the 48 articles, or the half at even or odd places", "WHICH")
    )
    oracle_translations: bool = field(
        default=False,
        metadata=about("write the paragraphs' translations by people into queries.jsonl, as if generated"),
    )


def build(place: Path, folder: Path, options: XquadOptions) -> DatasetRecord:
    """Write corpus, topics and qrels of XQuAD into ``folder``.

    :param place: a folder or archive with ``xquad.LANG.json``, English among them.
    :raises InputError: a file is missing, malformed, or asks about a question that the English file lacks.
    """
    files = source_files(place, PUBLICATION)
    by_language = {_language(file): file for file in files}
    if _CORPUS_LANGUAGE not in by_language:
        raise InputError(
            Location(place),
            f"lacks xquad.en.json, whose paragraphs are the corpus; found {', '.join(sorted(by_language))}. "
            f"{PUBLICATION}",
        )
    english = _paragraphs(by_language[_CORPUS_LANGUAGE], options.articles)
    docids = _docids(english)
    placed = {
        question.qid: _Placed(docid, question.position)
        for docid, paragraph in zip(docids, english, strict=True)
        for question in paragraph.questions
    }
    split = {code: _split(file, code, placed, options) for code, file in sorted(by_language.items())}
    written = WrittenFiles(folder)
    written.jsonl("corpus.jsonl", _corpus(docids, english))
    for code, part in split.items():
        written.topics(f"topics.{code}.tsv", part.topics)
        judgments = (Judgment(topic.qid, placed[topic.qid].docid, 1) for topic in part.topics)
        written.qrels(f"qrels.{code}.txt", judgments)
    if options.oracle_queries or options.oracle_translations:
        written.jsonl("queries.jsonl", _queries(docids, split))
    return manifest(
        publication=PUBLICATION,
        files=files,
        options=asdict(options),
        counts=written.counts,
        remarks=_remarks(split),
    )


def _split(file: SourceFile, code: str, placed: Mapping[str, _Placed], options: XquadOptions) -> _Split:
    part = _Split()
    paragraphs = _paragraphs(file, options.articles)
    for question in (question for paragraph in paragraphs for question in paragraph.questions):
        if question.qid not in placed:
            raise InputError(
                Location(file.where),
                f"question {question.qid!r} is not in xquad.en.json, so no English paragraph answers it",
            )
        text = one_line(question.text)
        part.mended += text != question.text.strip(" ")
        if not options.oracle_queries or placed[question.qid].position % 2:
            part.topics.append(Topic(question.qid, text))
        elif code != _CORPUS_LANGUAGE:
            part.queries.setdefault(placed[question.qid].docid, []).append(text)
        else:
            part.left_out += 1
    if options.oracle_translations and code != _CORPUS_LANGUAGE:
        part.translations = {placed[one.questions[0].qid].docid: one.context for one in paragraphs if one.questions}
    return part


def _queries(docids: Sequence[str], split: Mapping[str, _Split]) -> Iterator[dict[str, Any]]:
    for docid in docids:
        texts = {code: part.queries[docid] for code, part in split.items() if docid in part.queries}
        for code, part in split.items():
            if docid in part.translations:
                texts[column(code, TextKind.TRANSLATION)] = [part.translations[docid]]
        if texts:
            yield {"id": docid, **by_key(texts)}


def _remarks(split: Mapping[str, _Split]) -> list[Remark]:
    return [
        Remark(
            "questions with tabs or line ends: replaced by spaces", {code: part.mended for code, part in split.items()}
        ),
        Remark(
            "questions at even positions: queries in queries.jsonl, not topics",
            {code: sum(map(len, part.queries.values())) for code, part in split.items()},
        ),
        Remark(
            "questions at even positions: left out, so that all languages have the same topics",
            {code: part.left_out for code, part in split.items()},
        ),
    ]


def _language(file: SourceFile) -> str:
    try:
        return language(file.name.split(".")[1]).code
    except UsageError as error:
        raise InputError(Location(file.where), f"{error}; expected a name like xquad.ar.json") from error


def _paragraphs(file: SourceFile, articles: Articles) -> list[_Paragraph]:
    where = Location(file.where)
    seen: set[str] = set()
    paragraphs = []
    for a, article in enumerate(_list(file.json(), "data", "the file", where)):
        if not articles.takes(a):
            continue
        title = _string(article, "title", f"data[{a}]", where)
        for p, paragraph in enumerate(_list(article, "paragraphs", f"data[{a}]", where)):
            place = f"data[{a}].paragraphs[{p}]"
            questions = []
            for q, item in enumerate(_list(paragraph, "qas", place, where)):
                qid = _string(item, "id", f"{place}.qas[{q}]", where)
                if qid in seen or len(qid.split()) != 1:
                    raise InputError(where, f"{place}.qas[{q}]: the id {qid!r} is there already, or holds a space")
                seen.add(qid)
                questions.append(_XquadQuestion(qid, _string(item, "question", f"{place}.qas[{q}]", where), q))
            paragraphs.append(_Paragraph(title, _string(paragraph, "context", place, where), tuple(questions)))
    return paragraphs


def _list(value: Any, name: str, place: str, where: Location) -> list[Any]:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise InputError(where, f"not in SQuAD's format: {place} has no list {name!r}")
    return found


def _string(value: Any, name: str, place: str, where: Location) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise InputError(where, f"not in SQuAD's format: {place} has no text {name!r}")
    return found


def _docids(paragraphs: list[_Paragraph]) -> list[str]:
    """The article's title and the paragraph's number within it, from 0: ``Super_Bowl_50-0``. No spaces, and no ``#``,
    which marks views.
    """
    numbers: dict[str, int] = {}
    docids = []
    for paragraph in paragraphs:
        stem = _UNSAFE_IN_DOCIDS.sub("_", paragraph.title.strip())
        docids.append(f"{stem}-{numbers.setdefault(stem, 0)}")
        numbers[stem] += 1
    return docids


def _corpus(docids: list[str], paragraphs: list[_Paragraph]) -> Iterator[dict[str, str]]:
    for docid, paragraph in zip(docids, paragraphs, strict=True):
        yield {"id": docid, "title": paragraph.title.replace("_", " "), "contents": paragraph.context}


register(Dataset(PUBLICATION, XquadOptions, build))
