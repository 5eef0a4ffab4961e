"""A conversation as passages, and which of them hold which turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pyserini_xqg.datasets.locomo.conversation import Conversation, Session, Turn
from pyserini_xqg.datasets.locomo.evidence import Oddities, turns_of
from pyserini_xqg.datasets.locomo.options import PassageKind, TurnText
from pyserini_xqg.datasets.output import one_line


@dataclass(frozen=True, slots=True)
class DialoguePassage:
    """A passage of a conversation.

    :param docid: begins with the conversation's name.
    :param date_time: when its session was held.
    :param turns: the turns that it holds: finding it is finding them.
    """

    docid: str
    contents: str
    date_time: str
    turns: frozenset[str]


def passages_of(
    conversation: Conversation, kind: PassageKind, turn_text: TurnText, oddities: Oddities
) -> list[DialoguePassage]:
    """The passages of a conversation, in its order.

    :param oddities: where odd ids that observations name are counted.
    """
    if kind is PassageKind.TURNS:
        return list(_turns(conversation, turn_text))
    return list(_observations(conversation, oddities) if kind is PassageKind.OBSERVATIONS else _summaries(conversation))


def observation_queries(conversation: Conversation, oddities: Oddities) -> Iterator[dict[str, Any]]:
    """The observations as generated queries of the turns that they were drawn from, a record a turn that has any, in
    the conversation's order.

    :param oddities: where odd ids that observations name are counted.
    """
    of_turns: dict[str, list[str]] = {}
    for observation in _observations(conversation, oddities):
        for dia_id in sorted(observation.turns):
            of_turns.setdefault(dia_id, []).append(observation.contents)
    for session in conversation.sessions:
        for turn in session.turns:
            if turn.dia_id in of_turns:
                yield {"id": turn_docid(conversation, turn.dia_id), "queries": {"en": of_turns[turn.dia_id]}}


def turn_docid(conversation: Conversation, dia_id: str) -> str:
    """The docid of a turn."""
    return f"{conversation.name}-{dia_id}"


def _turns(conversation: Conversation, turn_text: TurnText) -> Iterator[DialoguePassage]:
    words = _WORDS[turn_text]
    for session in conversation.sessions:
        for turn in session.turns:
            contents = one_line(words(turn, session))
            yield DialoguePassage(
                turn_docid(conversation, turn.dia_id), contents, session.date_time, frozenset({turn.dia_id})
            )


def _observations(conversation: Conversation, oddities: Oddities) -> Iterator[DialoguePassage]:
    known = conversation.turns
    for session in conversation.sessions:
        for number, observation in enumerate(session.observations):
            cited = turns_of(observation.cited, conversation.name, known, oddities)
            held = frozenset(turn for turn in cited if turn is not None)
            yield DialoguePassage(
                f"{conversation.name}-D{session.number}-o{number}", one_line(observation.text), session.date_time, held
            )


def _summaries(conversation: Conversation) -> Iterator[DialoguePassage]:
    for session in conversation.sessions:
        if session.summary:
            held = frozenset(turn.dia_id for turn in session.turns)
            yield DialoguePassage(
                f"{conversation.name}-D{session.number}", one_line(session.summary), session.date_time, held
            )


def _full(turn: Turn, session: Session) -> str:
    return f"{_speaker(turn, session)} [{turn.caption}]" if turn.caption else _speaker(turn, session)


def _speaker(turn: Turn, session: Session) -> str:
    return f"{turn.speaker}: {turn.text}"


_WORDS: dict[TurnText, Callable[[Turn, Session], str]] = {
    TurnText.FULL: _full,
    TurnText.DATED: lambda turn, session: (
        f"({session.date_time}) {_full(turn, session)}" if session.date_time else _full(turn, session)
    ),
    TurnText.SPEAKER: _speaker,
    TurnText.TEXT: lambda turn, session: turn.text,
}
