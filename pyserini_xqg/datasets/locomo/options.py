"""What can be chosen about LoCoMo."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pyserini_xqg.datasets.options import about


class PassageKind(StrEnum):
    """What is searched; the paper compares these three."""

    TURNS = "turns"
    """One passage a turn of the dialogue (5,882)."""
    OBSERVATIONS = "observations"
    """One passage an observation: a sentence about a speaker, with the turns that it was drawn from (2,541)."""
    SUMMARIES = "summaries"
    """One passage a session: its summary (272)."""


class SearchScope(StrEnum):
    """Where a question is searched for."""

    CONVERSATION = "conversation"
    """In its own conversation, as in the paper: a folder a conversation, each with its own corpus."""
    GLOBAL = "global"
    """In all conversations at once: one corpus."""


class TurnText(StrEnum):
    """What of a turn is searched."""

    FULL = "full"
    """Speaker, text and image caption."""
    DATED = "dated"
    """The session's date and time as well, as the paper's retriever has it."""
    SPEAKER = "speaker"
    """Speaker and text."""
    TEXT = "text"
    """The text alone."""


@dataclass(frozen=True, slots=True)
class LocomoOptions:
    """What can be chosen.

    :param observation_queries: write the observations, which a model made of the turns that they name, as queries of
        those turns.
    :param topics_in: ``LANG=FILE``: the questions in another language, TSV with the same ids; LoCoMo itself is English
        only.
    """

    passages: PassageKind = field(default=PassageKind.TURNS, metadata=about("what is searched", "KIND"))
    scope: SearchScope = field(
        default=SearchScope.CONVERSATION,
        metadata=about(
            "search each question's own conversation (a folder with a corpus for each) or all of them (one corpus)",
            "SCOPE",
        ),
    )
    turn_text: TurnText = field(
        default=TurnText.FULL,
        metadata=about(
            "of a turn: speaker, text and image caption; these and the date; speaker and text; the text", "KIND"
        ),
    )
    observation_queries: bool = field(
        default=False,
        metadata=about(
            "with --passages turns, write the observations as queries.jsonl, each a query of the turns that it was "
            "drawn from"
        ),
    )
    topics_in: tuple[str, ...] = field(
        default=(),
        metadata=about(
            "the questions in another language as well: TSV with the ids of topics.en.tsv (LoCoMo is English only)",
            "LANG=FILE",
        ),
    )
