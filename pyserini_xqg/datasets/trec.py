"""Test collections as their authors publish them: topics and qrels as TSV and the passages as JSONL, in files of their
own for each language.

CIRAL and MIRACL have this shape. The passages may be any number: they are streamed, and therefore read from a folder,
not out of an archive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest, one_line
from pyserini_xqg.datasets.source import LargeFile, Publication, only
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.qrels import Judgment, read_qrels
from pyserini_xqg.input.records import record_id
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.languages import language

NUMBER_SIGNS = (
    "The published docids hold '#' and are kept, so that runs can be compared; an index of views needs another "
    "delimiter: `index --fusion views --view-delimiter @`"
)


@dataclass(frozen=True, slots=True)
class TrecFiles:
    """Where the files of one part of a collection are, as shell patterns; ``{code}`` stands for the language,
    ``{name}`` for its public name.

    :param names: language code -> the name that the collection's authors use.
    :param topics: the topics.
    :param variants: topics of the same ids in other words: the name that they get here -> pattern; they may be missing.
    :param qrels: the judgments; None where none are public.
    :param corpus: the passages; they may be missing, for people who have an index already.
    """

    publication: Publication
    names: Mapping[str, str]
    topics: str
    qrels: str | None
    corpus: str
    variants: Mapping[str, str] = field(default_factory=dict)


class _Found:
    """The files of a folder by pattern and language, and what was used of them."""

    def __init__(self, place: Path, files: TrecFiles) -> None:
        if not place.is_dir():
            raise InputError(
                Location(place),
                f"is no folder; give one with the published files (archives unpacked). {files.publication}",
            )
        self.place = place
        self.files = files
        self.used = list[LargeFile]()

    def all(self, pattern: str, code: str) -> list[LargeFile]:
        """The files of a pattern, ``docs-2`` before ``docs-10``."""
        wanted = pattern.format(code=code, name=self.files.names[code])
        found = sorted(
            (path for path in self.place.rglob(wanted) if path.is_file()),
            key=lambda path: (len(path.name), path.as_posix()),
        )
        return [LargeFile(path) for path in found]

    def one(self, pattern: str, code: str) -> LargeFile | None:
        """The file of a pattern; None without one.

        :raises InputError: there are several.
        """
        return only(self.all(pattern, code), self.place)

    def must(self, pattern: str, code: str) -> LargeFile:
        """The file of a pattern.

        :raises InputError: it is not there.
        """
        found = self.one(pattern, code)
        if found is None:
            wanted = pattern.format(code=code, name=self.files.names[code])
            raise InputError(Location(self.place), f"holds no file named {wanted}. {self.files.publication}")
        return found


@dataclass(slots=True)
class _Gaps:
    """What is told beside the files, by language."""

    other_queries: dict[str, int] = field(default_factory=dict)
    no_relevant: dict[str, int] = field(default_factory=dict)
    no_corpus: dict[str, int] = field(default_factory=dict)
    no_text: dict[str, int] = field(default_factory=dict)
    not_there: dict[str, int] = field(default_factory=dict)

    def remarks(self) -> Iterator[Remark]:
        yield Remark("judgments of queries that the topics lack: left out", self.other_queries)
        yield Remark("topics without a relevant passage: no run can score on them", self.no_relevant)
        yield Remark("languages without their passages here: topics and judgments alone", self.no_corpus)
        yield Remark("passages without a text: left out", self.no_text)
        yield Remark("judged passages that the corpus lacks: no run can find them", self.not_there)


def build_collection(
    place: Path, folder: Path, files: TrecFiles, chosen: Sequence[str], options: Mapping[str, Any]
) -> DatasetRecord:
    """Write ``corpus.LANG.jsonl``, ``topics.LANG.tsv`` and ``qrels.LANG.txt`` into ``folder``; LANG is the language of
    the passages.

    :param chosen: the languages; none for all whose topics are there.
    :param options: what the manifest remembers of the flags.
    :raises InputError: a file is missing, there twice, or malformed.
    :raises UsageError: the collection has not got a language.
    """
    found, gaps = _Found(place, files), _Gaps()
    codes = [language(code).code for code in chosen] or [code for code in files.names if found.all(files.topics, code)]
    unknown = [code for code in codes if code not in files.names]
    if unknown:
        raise UsageError(
            f"--languages: {files.publication.name} has no {', '.join(unknown)}; it has {', '.join(files.names)}"
        )
    if not codes:
        found.must(files.topics, next(iter(files.names)))
    written = WrittenFiles(folder)
    for code in sorted(codes):
        _language(found, code, written, gaps)
    return manifest(
        publication=files.publication,
        files=found.used,
        options=options,
        counts=dict(sorted(written.counts.items())),
        remarks=gaps.remarks(),
    )


def _language(found: _Found, code: str, written: WrittenFiles, gaps: _Gaps) -> None:
    files = found.files
    topics = found.must(files.topics, code)
    found.used.append(topics)
    qids = [topic.qid for topic in read_topics(topics.where)]
    written.topics(f"topics.{code}.tsv", _one_line(topics))
    for name, pattern in files.variants.items():
        variant = found.one(pattern, code)
        if variant is not None:
            found.used.append(variant)
            written.topics(f"{name}.{code}.tsv", _one_line(variant))
    judged = _judgments(found, code, set(qids), gaps) if files.qrels is not None else []
    if judged:
        written.qrels(f"qrels.{code}.txt", judged)
        gaps.no_relevant[code] = len(set(qids) - {line.qid for line in judged if line.relevance > 0})
    corpus = found.all(files.corpus, code)
    gaps.no_corpus[code] = not corpus
    if corpus:
        found.used += corpus
        unseen = {line.docid for line in judged}
        written.jsonl(f"corpus.{code}.jsonl", _passages(corpus, code, unseen, gaps))
        gaps.not_there[code] = len(unseen)


def _one_line(topics: LargeFile) -> Iterator[Topic]:
    return (Topic(topic.qid, one_line(topic.text)) for topic in read_topics(topics.where))


def _judgments(found: _Found, code: str, qids: set[str], gaps: _Gaps) -> list[Judgment]:
    qrels = found.must(found.files.qrels or "", code)
    found.used.append(qrels)
    every = list(read_qrels(qrels.where))
    kept = [line for line in every if line.qid in qids]
    if not kept:
        raise InputError(Location(qrels.where), "judges no query of the topics; take both of the same part")
    gaps.other_queries[code] = len(every) - len(kept)
    return kept


def _passages(files: Sequence[LargeFile], code: str, unseen: set[str], gaps: _Gaps) -> Iterator[dict[str, str]]:
    """The passages as Pyserini reads them; those met are taken out of ``unseen``."""
    for file in files:
        for where, value in file.json_lines():
            title, text = (value.get("title"), value.get("text")) if isinstance(value, dict) else (None, None)
            if not isinstance(text, str) or not isinstance(title, str | None):
                raise InputError(where, 'expected {"docid": "…", "title": "…", "text": "…"}')
            docid = record_id(value, where)
            if not text.strip():
                gaps.no_text[code] = gaps.no_text.get(code, 0) + 1
                continue
            unseen.discard(docid)
            yield {"id": docid, **({"title": title} if title else {}), "text": text}
