"""AfriQA (Ogundepo et al. 2023, "AfriQA: Cross-lingual Open-Retrieval Question Answering for African Languages").

Questions in African languages, each with its translation by a person into a pivot language (English or French), and the
passage of the pivot language's Wikipedia that answers it. Here the passages are the corpus and a question has one
relevant passage.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.options import about
from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest, one_line
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import Publication, SourceFile, source_files
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.languages import language

_DIGESTS = {
    "bem.en.dev": "3ec8d5a9f74623a940092399970c6140c6c61322169285606daeae67f41371ae",
    "bem.en.test": "72e7f7e3dd207b955968403f9a3699fb11aef996981d142063614e7f434e7c52",
    "bem.en.train": "17dfc33975c94ef5372a72b27108d04a90c2a54096c5fa31c2c1272f0c69037d",
    "fon.fr.dev": "0c94c4405a2b448d647bee4387cbb34b7dfc14f63fc6655f498c2d49254c8a2b",
    "fon.fr.test": "3308b7d0e455912d4e37dd0b9e8b06e6c1d108d2af040a7f7ffbc3e838dfc927",
    "fon.fr.train": "8fd0b5ad42ee3ebdc91ac8d770c6da15718ae5605f754b9934183c09f56b383c",
    "hau.en.dev": "ef9cb217e8ea4922935c7fb9e7456364e91c2712519390071170a18131e9e132",
    "hau.en.test": "e1a0d530d75641760387a2947044d69090c15db620fd9a4dbcf8dc52940d7687",
    "hau.en.train": "21d975df45d8e1316c964f4fe8521dd7ab455fbe1b0edea1564824352b67be2e",
    "ibo.en.dev": "9636bfa38368c69319f1b7a2bca1ab995c7b4ad63c5801a25da53b34a5fa4e02",
    "ibo.en.test": "490af9c615ec5e56ec50a3da21efed82df5f67c794ac5d8d6c5e7d30845cc48d",
    "ibo.en.train": "5300a29efc78c3dec1fc68c66eb1fec3a72577de4136a41d7c85aac355f1a5b8",
    "kin.en.dev": "5598ac675fecfc5e7009a3cb1a511e81c69983a763715726d3dda2bcd3ed9d28",
    "kin.en.test": "fe067f3aa30c581adbaae7d0012eea5290b5f3119396bbb1c70d665d9e6f31eb",
    "kin.en.train": "967a849f4e6d58ebbb3ea81bbbddd4f9d00a30d8752c2354cb894c1596285dc2",
    "swa.en.test": "18609b69d21c37b737426baed0a4f02495ab237285dd524e8f502f756350d0bf",
    "twi.en.dev": "d9bd337c4a47bb1dbccffb74fa170e418911c7b6c3cbb8c034ae17d6794ada79",
    "twi.en.test": "329221245f9880896b9038405c44b7f8ef48db3067aa556fbd82819de46b954d",
    "twi.en.train": "cdbba2a4d6a40e6e8fd587d25cb56e57ea2fe888bac254f66fc29409cec1afaa",
}
PUBLICATION = Publication(
    name="afriqa",
    title="AfriQA, questions in African languages and their gold passages",
    address="https://github.com/masakhane-io/afriqa",
    version="commit 5c29933",
    licence="CC BY 4.0",
    pattern="gold_span_passages.afriqa.*.json",
    sha256={f"gold_span_passages.afriqa.{part}.json": digest for part, digest in _DIGESTS.items()},
)
TRANSLATED = "topics-translated"
"""The name of the topics that people translated into the pivot language: the same ids, the same intents."""
VARIATIONS = "variations.tsv"
"""The same translations in one file, as ``perturb --variations`` reads it: query id, language, text."""
_NAME = re.compile(
    r"gold_span_passages\.afriqa\.(?P<language>[a-z]+)\.(?P<pivot>[a-z]+)\.(?P<split>train|dev|test)\.json"
)


class AfriqaSplit(StrEnum):
    """A part of AfriQA. Swahili has only a test part in these files."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AfriqaOptions:
    """What can be chosen.

    :param split: whose questions are asked; their passages are always searched.
    :param corpus_splits: whose passages are searched besides.
    :param questions: only so many of each language, the first ones, with their passages; empty for all.
    :param with_titles: search titles too. They are kept either way; a few passages have none.
    """

    split: AfriqaSplit = field(
        default=AfriqaSplit.TEST,
        metadata=about("whose questions are asked, among the passages of the same part", "SPLIT"),
    )
    corpus_splits: tuple[AfriqaSplit, ...] = field(
        default=(), metadata=about("whose passages are searched besides", "SPLIT", AfriqaSplit)
    )
    questions: str = field(
        default="", metadata=about("only the first so many questions of each language, and their passages", "N")
    )
    with_titles: bool = field(default=False, metadata=about("search the passages' titles too, not their texts alone"))


@dataclass(frozen=True, slots=True)
class _Part:
    """One file. ``code`` and ``pivot`` are canonical language codes."""

    file: SourceFile
    code: str
    pivot: str
    split: AfriqaSplit


@dataclass(frozen=True, slots=True)
class _AfriqaQuestion:
    """A question with a passage; ``answers`` are in the pivot language and may be none."""

    qid: str
    text: str
    translation: str
    answers: tuple[str, ...]
    docid: str


class _Gap(StrEnum):
    """What a row may lack; the value is the sentence in ``dataset.json``."""

    PASSAGE = "rows without a passage: left out"
    QUESTION = "rows with a passage and no question or no translation: left out, and the passage with them"
    ANSWER = "questions without an answer: asked, and not in answers.LANG.jsonl"


def build(place: Path, folder: Path, options: AfriqaOptions) -> DatasetRecord:
    """Write corpus, topics, translated topics, qrels and answers of AfriQA into ``folder``.

    :param place: a folder or archive with ``gold_span_passages.afriqa.LANG.PIVOT.SPLIT.json``.
    :raises InputError: a file is missing or malformed.
    :raises UsageError: ``questions`` is no number.
    """
    most = _most(options.questions)
    parts = sorted(
        map(_part, source_files(place, PUBLICATION)),
        key=lambda part: (part.code, part.split is not options.split, part.split),
    )
    used = [part for part in parts if part.split in {options.split, *options.corpus_splits}]
    if not used or used[0].split is not options.split:
        there = ", ".join(sorted({part.split for part in parts}))
        raise InputError(
            Location(place),
            f"holds no file called gold_span_passages.afriqa.LANG.PIVOT.{options.split}.json; of other parts there "
            f"are {there}",
        )
    corpus: dict[str, dict[str, str]] = {}
    gaps: dict[_Gap, dict[str, int]] = {gap: {} for gap in _Gap}
    written = WrittenFiles(folder)
    asked: list[tuple[str, _AfriqaQuestion]] = []
    for part in used:
        questions = list(islice(_questions(part, options.with_titles, corpus, gaps), most))
        if part.split is options.split:
            if f"topics.{part.code}.tsv" in written.counts:
                raise InputError(
                    Location(part.file.where), f"is a second file with questions in {part.code!r}; keep one"
                )
            _write(written, part.code, questions)
            asked += ((part.code, question) for question in questions)
    variations = (Topic(f"{question.qid}\t{code}", question.translation) for code, question in asked)
    written.topics(VARIATIONS, variations)
    written.jsonl("corpus.jsonl", corpus.values())
    remarks = (Remark(gap, found) for gap, found in gaps.items())
    return manifest(
        publication=PUBLICATION,
        files=[part.file for part in used],
        options=asdict(options),
        counts=dict(sorted(written.counts.items())),
        remarks=remarks,
    )


def _most(given: str) -> int | None:
    if given and (not given.isdecimal() or int(given) < 1):
        raise UsageError(f"--questions {given}: expected a number from 1 on")
    return int(given) if given else None


def _part(file: SourceFile) -> _Part:
    match = _NAME.fullmatch(file.name)
    if match is None:
        raise InputError(Location(file.where), "expected a name like gold_span_passages.afriqa.hau.en.test.json")
    try:
        return _Part(file, language(match["language"]).code, language(match["pivot"]).code, AfriqaSplit(match["split"]))
    except UsageError as error:
        raise InputError(
            Location(file.where), f"{error}; expected a name like gold_span_passages.afriqa.hau.en.test.json"
        ) from error


def _questions(
    part: _Part, with_titles: bool, corpus: dict[str, dict[str, str]], gaps: Mapping[_Gap, dict[str, int]]
) -> Iterator[_AfriqaQuestion]:
    """The questions that have a passage, which joins the corpus."""
    seen: set[str] = set()
    for where, row in part.file.json_lines():
        number, answers = _number_and_answers(row, where)
        if number in seen:
            raise InputError(where, f"question {number!r} is there already")
        seen.add(number)
        context, text, translation = (
            _text(row, "context"),
            _text(row, "question_lang"),
            _text(row, "question_translated"),
        )
        gap = (
            _Gap.PASSAGE
            if not context
            else _Gap.QUESTION
            if not (text and translation)
            else None
            if answers
            else _Gap.ANSWER
        )
        if gap is not None:
            gaps[gap][part.code] = gaps[gap].get(part.code, 0) + 1
        if context and text and translation:
            docid = _docid(part.pivot, context)
            corpus.setdefault(
                docid, _passage(docid, _text(row, "title"), context, with_titles) | {"language": part.pivot}
            )
            yield _AfriqaQuestion(f"{part.code}-{part.split}-{number}", text, translation, answers, docid)


def _text(row: dict[str, Any], name: str) -> str:
    """A text of the row on one line; empty where there is null, or the NaN that the files have in places."""
    value = row.get(name)
    return one_line(value) if isinstance(value, str) else ""


def _number_and_answers(row: Any, where: Location) -> tuple[str, tuple[str, ...]]:
    try:
        number, answers = row["id"], row["answer_pivot"]["text"]
        if (
            not isinstance(number, str | int)
            or not isinstance(answers, list)
            or "question_lang" not in row
            or "context" not in row
        ):
            raise TypeError
    except (KeyError, TypeError) as error:
        raise InputError(
            where,
            'expected {"id": …, "question_lang": …, "question_translated": …, "context": …, "title": …, '
            '"answer_pivot": {"text": […]}}',
        ) from error
    return str(number), tuple(dict.fromkeys(answer for answer in answers if isinstance(answer, str) and answer))


def _docid(pivot: str, context: str) -> str:
    """The pivot language and a hash of the text: the same whichever files are there, and however often the passage
    is.
    """
    return f"{pivot}-{hashlib.sha256(' '.join(context.split()).encode()).hexdigest()[:12]}"


def _passage(docid: str, title: str, context: str, with_titles: bool) -> dict[str, str]:
    """A passage as Pyserini reads it: ``contents`` as it stands, or ``title`` and ``text`` together."""
    return {"id": docid, **({"title": title} if title else {}), "text" if with_titles else "contents": context}


def _write(written: WrittenFiles, code: str, questions: Sequence[_AfriqaQuestion]) -> None:
    written.topics(f"topics.{code}.tsv", (Topic(one.qid, one.text) for one in questions))
    written.topics(f"{TRANSLATED}.{code}.tsv", (Topic(one.qid, one.translation) for one in questions))
    written.qrels(f"qrels.{code}.txt", (Judgment(one.qid, one.docid, 1) for one in questions))
    answers = ({"id": one.qid, "lang": code, "answers": list(one.answers)} for one in questions if one.answers)
    written.jsonl(f"answers.{code}.jsonl", answers)


register(Dataset(PUBLICATION, AfriqaOptions, build))
