"""Both public shapes of LoCoMo as the same conversations.

The archive has one file a conversation with everything at the top level: ``session_1``, ``session_1_date_time``,
``session_1_observation``, ``session_1_summary``, ``qa``. ``locomo10.json`` is a list of samples with the same keys
inside ``conversation``, ``observation`` and ``session_summary``, and a ``sample_id``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pyserini_xqg.datasets.source import SourceFile
from pyserini_xqg.errors import InputError, Location

_SESSION = re.compile(r"session_([1-9]\d*)")
_NUMBER = re.compile(r"\d+")


class Category(StrEnum):
    """The kind of a question. The data's numbers do not follow the paper's list; the authors' scorer tells them apart
    as here.
    """

    MULTI_HOP = "multi-hop"
    TEMPORAL = "temporal"
    OPEN_DOMAIN = "open-domain"
    SINGLE_HOP = "single-hop"
    ADVERSARIAL = "adversarial"


_CATEGORIES = dict(enumerate(Category, 1))
"""Number in the data -> category. The numbers of questions (282, 321, 96, 841, 446) weigh the paper's recalls to its
overall figure.
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue.

    :param dia_id: such as ``D3:12``: session 3, turn 12.
    :param caption: the caption of the image that came with it; empty without one.
    """

    dia_id: str
    speaker: str
    text: str
    caption: str


@dataclass(frozen=True, slots=True)
class Observation:
    """A sentence about a speaker.

    :param cited: what it names as its turns, as it stands in the file.
    """

    speaker: str
    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a conversation; ``date_time`` and ``summary`` are empty where the file has none."""

    number: int
    date_time: str
    turns: tuple[Turn, ...]
    observations: tuple[Observation, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class LocomoQuestion:
    """A question about a conversation.

    :param qid: the conversation's name and the question's place in it, from 0.
    :param evidence: the turns that answer it, as they stand in the file.
    """

    qid: str
    text: str
    category: Category
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, such as ``conv-26``."""

    name: str
    sessions: tuple[Session, ...]
    questions: tuple[LocomoQuestion, ...]

    @property
    def turns(self) -> frozenset[str]:
        """The ids of its turns."""
        return frozenset(turn.dia_id for session in self.sessions for turn in session.turns)


def read_conversations(files: Sequence[SourceFile]) -> list[Conversation]:
    """All conversations, in the order of their numbers.

    :raises InputError: a file of neither shape, or a conversation that is there twice.
    """
    found: dict[str, Conversation] = {}
    for file in files:
        for sample in _samples(file):
            if sample.name in found:
                raise InputError(
                    sample.where,
                    f"conversation {sample.name} is there already; keep the archive's files or locomo10.json, not both",
                )
            found[sample.name] = _conversation(sample)
    return sorted(found.values(), key=lambda conversation: [*map(int, _NUMBER.findall(conversation.name))])


@dataclass(frozen=True, slots=True)
class _Sample:
    """One conversation's keys, all at one level."""

    name: str
    where: Location
    flat: dict[str, Any]

    def bad(self, place: str, expected: str) -> InputError:
        return InputError(self.where, f"not in LoCoMo's format: {place} of {self.name} {expected}")

    def text(self, value: Any, key: str, place: str) -> str:
        found = value.get(key) if isinstance(value, dict) else None
        if not isinstance(found, str) or not found.strip():
            raise self.bad(place, f"has no text {key!r}")
        return found

    def optional(self, value: dict[str, Any], key: str) -> str:
        found = value.get(key)
        return found.strip() if isinstance(found, str) else ""

    def rows(self, key: str) -> list[Any]:
        found = self.flat.get(key)
        if not isinstance(found, list):
            raise self.bad(key, "is no list")
        return found


def _samples(file: SourceFile) -> Iterator[_Sample]:
    value, where = file.json(), Location(file.where)
    many = isinstance(value, list)
    for number, sample in enumerate(value if many else [value]):
        if not isinstance(sample, dict) or "qa" not in sample:
            raise InputError(
                where,
                f"{f'element {number}' if many else 'the file'} is no conversation of LoCoMo: expected an object with "
                "'qa'",
            )
        name = sample.get("sample_id") or f"conv-{file.where.stem}"
        if not isinstance(name, str) or len(name.split()) != 1 or "#" in name or not _NUMBER.search(name):
            raise InputError(
                where,
                f"the conversation's name {name!r} must hold a number and no white space; expected 'sample_id' such "
                "as 'conv-26'",
            )
        nested = [part for part in sample.values() if isinstance(part, dict)] if "conversation" in sample else []
        yield _Sample(name, where, {key: part for source in (*nested, sample) for key, part in source.items()})


def _conversation(sample: _Sample) -> Conversation:
    numbers = sorted(int(match[1]) for match in map(_SESSION.fullmatch, sample.flat) if match)
    if not numbers:
        raise sample.bad("the conversation", "has no session_1")
    sessions = tuple(_session(sample, number) for number in numbers)
    questions = tuple(_question(sample, number, value) for number, value in enumerate(sample.rows("qa")))
    return Conversation(sample.name, sessions, questions)


def _session(sample: _Sample, number: int) -> Session:
    key = f"session_{number}"
    turns: dict[str, Turn] = {}
    for place, value in enumerate(sample.rows(key)):
        turn = Turn(
            sample.text(value, "dia_id", f"{key}[{place}]"),
            sample.text(value, "speaker", f"{key}[{place}]"),
            sample.text(value, "text", f"{key}[{place}]"),
            sample.optional(value, "blip_caption"),
        )
        if turn.dia_id in turns or len(turn.dia_id.split()) != 1:
            raise sample.bad(f"{key}[{place}]", f"has the id {turn.dia_id!r}, which is there already or holds a space")
        turns[turn.dia_id] = turn
    observations = tuple(_observations(sample, f"{key}_observation"))
    return Session(
        number,
        sample.optional(sample.flat, f"{key}_date_time"),
        (*turns.values(),),
        observations,
        sample.optional(sample.flat, f"{key}_summary"),
    )


def _observations(sample: _Sample, key: str) -> Iterator[Observation]:
    by_speaker = sample.flat.get(key, {})
    try:
        for speaker, rows in by_speaker.items():
            for text, cited in rows:
                yield Observation(speaker, text.strip(), (cited,) if isinstance(cited, str) else tuple(map(str, cited)))
    except (AttributeError, TypeError, ValueError) as error:
        raise sample.bad(key, 'is not of the shape {"SPEAKER": [["TEXT", "D1:3"]]}') from error


def _question(sample: _Sample, number: int, value: Any) -> LocomoQuestion:
    place = f"qa[{number}]"
    text = sample.text(value, "question", place)
    evidence, category = value.get("evidence"), _CATEGORIES.get(value.get("category"))
    if not isinstance(evidence, list) or not all(isinstance(item, str) for item in evidence):
        raise sample.bad(place, "has no list 'evidence' of turn ids (an empty one is allowed)")
    if category is None:
        raise sample.bad(place, f"has the category {value.get('category')!r}; expected 1 to {len(_CATEGORIES)}")
    return LocomoQuestion(f"{sample.name}-q{number}", text, category, tuple(evidence))
