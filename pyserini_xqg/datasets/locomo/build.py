"""LoCoMo (Maharana et al. 2024, "Evaluating Very Long-Term Conversational Memory of LLM Agents", arXiv 2402.17753).

Ten conversations of about 588 turns and 27 sessions each, and 1,986 questions with the turns that answer them. A
question is searched for in its own conversation, as in the paper, or in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyserini_xqg.datasets.locomo.conversation import Category, Conversation, LocomoQuestion, read_conversations
from pyserini_xqg.datasets.locomo.evidence import Oddities, turns_of
from pyserini_xqg.datasets.locomo.options import LocomoOptions, PassageKind, SearchScope
from pyserini_xqg.datasets.locomo.passages import DialoguePassage, observation_queries, passages_of
from pyserini_xqg.datasets.output import DatasetRecord, Remark, WrittenFiles, manifest, one_line
from pyserini_xqg.datasets.registry import Dataset, register
from pyserini_xqg.datasets.source import LargeFile, Publication, source_files
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.languages import language

PUBLICATION = Publication(
    name="locomo",
    title="LoCoMo, ten long conversations and questions about them",
    address="https://github.com/snap-research/locomo",
    version="commit e76cdff",
    licence="for research; not to be redistributed",
    pattern="*[0-9].json",
    sha256={
        "26.json": "03db89826862cf68f05a17007946e6f132afd3d4978b3758fe6881abd9b1d897",
        "30.json": "f9196cd9e16ef6f5e8c1e1866756e99328981047c15edf2a672f85ff19319cdc",
        "41.json": "24df879b7c6cfe3a4e7f6f6ea747dce230a0fbd84744bb6da657c63f6ae67b62",
        "42.json": "5684f57833cab9aa6c68e50d2e17a6eb04fbaf16f6f881ed659eeeb340ce2c6d",
        "43.json": "392d55609c4aaa5e0612749ef87047efe35f0fddfe87982f3bb5f3b02bce41c6",
        "44.json": "b75318ada4a5e54f2868d995ee6afcb4cf9f6b8f2c6e93426bd254b1d0b6ce15",
        "47.json": "64630351b01d6847a0753e358635b98258e13d0c706642f9be860ea44d5c62a0",
        "48.json": "991d4b7f48fa1f219fbb78f07abea9960733a1aace6346b63579413c1c6bc5b0",
        "49.json": "41c574e6deaefc4127b5eef9dc4f5669cb8dac39b857edc4f411a94cf4f74b87",
        "50.json": "1007e30ce14b7050bd3325d59dac5aad5d01597f934c28687afac3b3b2d5eb01",
    },
)
ENGLISH_ONLY = (
    "LoCoMo is English only, passages and questions. To ask in another language bring the questions, with the ids of "
    "topics.en.tsv: --topics-in sw=questions.sw.tsv"
)
_LANGUAGE = "en"
BY_CATEGORY = "by-category"
"""The folder with a folder a category of questions."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its passages.

    :param evidence: for each piece of evidence the passages that hold it; none for one that names nothing or that no
        passage holds.
    """

    question: LocomoQuestion
    evidence: tuple[tuple[str, ...], ...]

    @property
    def relevant(self) -> tuple[str, ...]:
        """The passages that hold any of the evidence, each once."""
        return tuple(dict.fromkeys(docid for piece in self.evidence for docid in piece))


def build(place: Path, folder: Path, options: LocomoOptions) -> DatasetRecord:
    """Write passages, topics, qrels and evidence into ``folder``: all, by category, and (for that scope) by
    conversation.

    :param place: the archive, ``locomo10.json``, or a folder with either.
    :raises InputError: a file is missing or of another shape, or topics in another language ask what LoCoMo does not.
    :raises UsageError: ``topics_in`` is not of the form ``LANG=FILE``.
    """
    if options.observation_queries and options.passages is not PassageKind.TURNS:
        raise UsageError(
            f"--observation-queries are queries of turns; they do not go with --passages {options.passages}"
        )
    files = source_files(place, PUBLICATION)
    conversations = read_conversations(files)
    in_evidence, in_observations = Oddities(), Oddities()
    passages = {
        one.name: passages_of(one, options.passages, options.turn_text, in_observations) for one in conversations
    }
    empty = [name for name, some in passages.items() if not some]
    if empty:
        raise InputError(
            Location(place),
            f"has no {options.passages} for {', '.join(empty)}; take --passages turns, or the published file",
        )
    queries = (
        {one.name: list(observation_queries(one, in_observations)) for one in conversations}
        if options.observation_queries
        else {}
    )
    asked = {one.name: list(_asked(one, passages[one.name], in_evidence)) for one in conversations}
    every = [one for some in asked.values() for one in some]
    others = {code: LargeFile(path) for code, path in _topics_in(options.topics_in).items()}
    texts = {_LANGUAGE: {one.question.qid: one.question.text for one in every}} | {
        code: _read(file.where, every) for code, file in others.items()
    }
    written = WrittenFiles(folder)
    if options.scope is SearchScope.GLOBAL:
        written.jsonl("corpus.jsonl", _records(passage for some in passages.values() for passage in some))
        if queries:
            written.jsonl("queries.jsonl", (record for some in queries.values() for record in some))
    _write(written, "", every, texts)
    written.topics("categories.tsv", (Topic(one.question.qid, one.question.category) for one in every))
    for category in Category:
        mine = [one for one in every if one.question.category is category]
        _write(written, f"{BY_CATEGORY}/{category}/", mine, texts)
    if options.scope is SearchScope.CONVERSATION:
        for name, some in asked.items():
            _write(written, f"{name}/", some, texts)
            written.jsonl(f"{name}/corpus.jsonl", _records(passages[name]))
            if queries:
                written.jsonl(f"{name}/queries.jsonl", queries[name])
    remarks = [
        Remark(*sentence)
        for part in ((in_evidence, "evidence"), (in_observations, "observations"))
        for sentence in part[0].sentences(part[1])
    ]
    shown = asdict(replace(options, topics_in=tuple(f"{code}={file.name}" for code, file in others.items())))
    return manifest(
        publication=PUBLICATION,
        files=[*files, *others.values()],
        options=shown,
        counts=written.counts,
        remarks=[*remarks, *_remarks(asked, texts)],
    )


def _asked(conversation: Conversation, passages: Sequence[DialoguePassage], oddities: Oddities) -> Iterator[_Asked]:
    holding: dict[str, list[str]] = {}
    for passage in passages:
        for turn in passage.turns:
            holding.setdefault(turn, []).append(passage.docid)
    known = conversation.turns
    for question in conversation.questions:
        turns = turns_of(question.evidence, conversation.name, known, oddities)
        yield _Asked(question, tuple(tuple(holding.get(turn, ())) if turn is not None else () for turn in turns))


def _records(passages: Iterable[DialoguePassage]) -> Iterator[dict[str, str]]:
    for passage in passages:
        yield {"id": passage.docid, "contents": passage.contents, "date": passage.date_time}


def _write(written: WrittenFiles, inside: str, asked: Sequence[_Asked], texts: Mapping[str, Mapping[str, str]]) -> None:
    """Topics, qrels and evidence of these questions, in every language."""
    for code, mine in texts.items():
        here = [one for one in asked if one.question.qid in mine]
        topics = (Topic(one.question.qid, one_line(mine[one.question.qid])) for one in here)
        judgments = (Judgment(one.question.qid, docid, 1) for one in here for docid in one.relevant)
        evidence = (
            {
                "id": one.question.qid,
                "lang": code,
                "category": one.question.category,
                "evidence": [list(piece) for piece in one.evidence],
            }
            for one in here
        )
        written.topics(f"{inside}topics.{code}.tsv", topics)
        written.qrels(f"{inside}qrels.{code}.txt", judgments)
        written.jsonl(f"{inside}evidence.{code}.jsonl", evidence)


def _topics_in(given: Sequence[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for text in given:
        code, sign, path = text.partition("=")
        if not sign or not path:
            raise UsageError(f"--topics-in {text}: expected LANG=FILE, such as sw=questions.sw.tsv")
        canonical = language(code).code
        if canonical in found or canonical == _LANGUAGE:
            raise UsageError(f"--topics-in {text}: there are topics in {canonical!r} already")
        found[canonical] = Path(path)
    return found


def _read(path: Path, asked: Sequence[_Asked]) -> dict[str, str]:
    known = {one.question.qid for one in asked}
    found: dict[str, str] = {}
    for number, topic in enumerate(read_topics(path), 1):
        if topic.qid not in known:
            raise InputError(
                Location(path, number),
                f"topic {topic.qid!r} is no question of LoCoMo; take the ids of topics.en.tsv, such as 'conv-26-q0'",
            )
        found[topic.qid] = topic.text
    return found


def _remarks(asked: Mapping[str, Sequence[_Asked]], texts: Mapping[str, Mapping[str, str]]) -> Iterator[Remark]:
    def counted(what: str, these: Iterable[tuple[str, int]]) -> Remark:
        return Remark(what, dict(these))

    yield counted(
        "questions without evidence: 1 in LoCoMo's recall, not judged otherwise",
        ((name, sum(not one.evidence for one in some)) for name, some in asked.items()),
    )
    yield counted(
        "questions whose evidence is in no passage: 0 in LoCoMo's recall, not judged otherwise",
        ((name, sum(bool(one.evidence) and not one.relevant for one in some)) for name, some in asked.items()),
    )
    number = sum(map(len, asked.values()))
    yield counted(
        "questions that the topics in this language lack", ((code, number - len(mine)) for code, mine in texts.items())
    )


register(Dataset(PUBLICATION, LocomoOptions, build, ENGLISH_ONLY))
