"""XOR-Retrieve's development set (Asai et al. 2021, "XOR QA: Cross-lingual Open-Retrieval Question Answering").

2,110 questions in seven languages with English answers. It comes without passages: the task searches the English
Wikipedia of 1 February 2019 in passages of 100 words, and a question is solved when an answer stands in the passages
found (R@2kt, R@5kt).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.options import NoOptions
from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest, one_line
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import Publication, source_files
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.evaluate.scoring.measures.token_recall import span_answers
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.languages import language

PUBLICATION = Publication(
    name="xor-retrieve",
    title="XOR-Retrieve, development questions of XOR-TyDi QA",
    address="https://nlp.cs.washington.edu/xorqa/XORQA_site/data/xor_dev_retrieve_eng_span_v1_1.jsonl",
    version="v1.1",
    licence="the authors' terms, https://nlp.cs.washington.edu/xorqa/",
    pattern="xor_dev_retrieve_eng_span*.jsonl",
    sha256={"xor_dev_retrieve_eng_span_v1_1.jsonl": "cfe569e4c6d3539c2111d97249f900318f9273b246a61fff95216ce2a2e1505c"},
)
NO_PASSAGES = (
    "There are no passages in this data set, so no corpus and no qrels: index the English Wikipedia passages of "
    "2019-02-01 (or any English corpus), search with the topics, and score with `pyserini-xqg evaluate --answers "
    "FOLDER --corpus CORPUS`"
)


@dataclass(frozen=True, slots=True)
class XorQuestion:
    """A question with its answers in English; ``language`` is a canonical code."""

    qid: str
    text: str
    answers: tuple[str, ...]
    language: str


type Questions = dict[str, dict[str, XorQuestion]]
"""Language -> id -> question."""


def build(place: Path, folder: Path, options: NoOptions) -> DatasetRecord:
    """Write ``topics.LANG.tsv`` and ``answers.LANG.jsonl`` into ``folder``, with every question: scoring leaves out the
    yes/no ones.

    :param place: the JSONL file, or a folder or archive that holds it.
    :raises InputError: the file is missing, there in two versions, or malformed.
    """
    files = source_files(place, PUBLICATION)
    if len(files) > 1:
        raise InputError(
            Location(place), f"holds several versions: {', '.join(file.name for file in files)}; name one of them"
        )
    written = WrittenFiles(folder)
    remark = write_questions(read_questions(files[0].json_lines()), written)
    return manifest(
        publication=PUBLICATION,
        files=files,
        options=asdict(options),
        counts=written.counts,
        remarks=[remark],
    )


def read_questions(lines: Iterable[tuple[Location, Any]]) -> Questions:
    """The questions of a file, language -> id -> question.

    :raises InputError: a line of another shape, or an id that is there twice.
    """
    found: Questions = {}
    for where, value in lines:
        question = _question(value, where)
        if any(question.qid in questions for questions in found.values()):
            raise InputError(where, f"question {question.qid!r} is there already")
        found.setdefault(question.language, {})[question.qid] = question
    return found


def write_questions(by_language: Questions, written: WrittenFiles) -> Remark:
    """Write topics and answers a language; tells how many questions scoring leaves out."""
    unscored: dict[str, int] = {}
    for code, questions in sorted(by_language.items()):
        topics = (Topic(question.qid, one_line(question.text)) for question in questions.values())
        written.topics(f"topics.{code}.tsv", topics)
        records = (
            {"id": question.qid, "lang": code, "answers": list(question.answers)} for question in questions.values()
        )
        written.jsonl(f"answers.{code}.jsonl", records)
        unscored[code] = len(questions) - len(
            span_answers({qid: question.answers for qid, question in questions.items()})
        )
    every = sum(map(len, by_language.values()))
    scored = every - sum(unscored.values())
    return Remark(
        f"questions with no answer but yes or no: kept here, left out by R@kt, which scores {scored:,} of {every:,}",
        unscored,
    )


def _question(value: Any, where: Location) -> XorQuestion:
    try:
        qid, text, answers, code = str(value["id"]), value["question"], value["answers"], value["lang"]
        if not (qid.strip() and isinstance(text, str) and text.strip() and isinstance(answers, list)):
            raise TypeError
        if not all(isinstance(answer, str) and answer for answer in answers):
            raise TypeError
        return XorQuestion(qid, text, tuple(answers), language(code).code)
    except (KeyError, TypeError) as error:
        raise InputError(
            where, 'expected {"id": "…", "question": "…", "answers": ["…"], "lang": "…"}, none of them empty'
        ) from error
    except UsageError as error:
        raise InputError(where, str(error)) from error


register(Dataset(PUBLICATION, NoOptions, build, NO_PASSAGES))
