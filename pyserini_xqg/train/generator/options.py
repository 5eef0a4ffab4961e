"""What is learned from, and what is particular to generators."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.request import PromptChoice
from pyserini_xqg.input.records import OnError


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """What is learned from.

    :param held_out: files of held-out examples; empty to hold out ``share`` of the passages.
    :param corpus: the passages of query files.
    :param limit: held-out examples at most, in whole passages.
    :param languages: only these; empty for all.
    """

    train: list[Path]
    held_out: list[Path] = field(default_factory=list)
    share: float = 0.05
    corpus: Path | None = None
    limit: int = 2000
    languages: tuple[str, ...] = ()
    on_error: OnError = OnError.STOP


@dataclass(frozen=True, slots=True)
class GeneratorOptions:
    """What is particular to generators.

    :param template: holds ``{language}`` and ``{passage}``; None for the paper's.
    :param window: the longest prompt in tokens, passage included.
    :param max_query_tokens: the longest query.
    :param number: queries a passage and language for the round trip; 0 for none.
    :param encoder: how its encoder was asked for; remembered for people.
    """

    template: str | None = None
    window: int = 128
    max_query_tokens: int = 64
    number: int = 1
    encoder: str = ""

    def __post_init__(self) -> None:
        PromptChoice(None, self.template, self.window)
        for flag, value, least in (
            ("--max-passage-tokens", self.window, 1),
            ("--max-query-tokens", self.max_query_tokens, 2),
            ("--round-trip", self.number, 0),
        ):
            if value < least:
                raise UsageError(f"{flag} is {value}; it must be at least {least}")
