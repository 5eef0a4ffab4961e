"""What is learned from, and what is particular to generators."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.expand.request import PromptChoice
from pyserini_xqg.fusion.text_kind import TextKind
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
class CausalOptions:
    """What is particular to models without an encoder.

    :param rank: of the low-rank matrices that are trained beside every linear layer (LoRA, Hu et al. 2022,
        arXiv 2106.09685); 0 to train all weights but the embeddings.
    :param row_tokens: the most tokens in a row, in which a passage stands once with its texts.
    :param prompt: a prompt file; None for the built-in short one.
    """

    rank: int = 16
    row_tokens: int = 1024
    prompt: Path | None = None

    def __post_init__(self) -> None:
        for flag, value, least in (("--lora-rank", self.rank, 0), ("--row-tokens", self.row_tokens, 2)):
            if value < least:
                raise UsageError(f"{flag} is {value}; it must be at least {least}")


@dataclass(frozen=True, slots=True)
class GeneratorOptions:
    """What is particular to generators.

    :param template: holds ``{language}`` and ``{passage}``; None for the paper's.
    :param window: the longest prompt in tokens, passage included; None for what is usual for the architecture.
    :param max_query_tokens: the longest text to be written; None likewise.
    :param number: texts a passage and language for the round trip; 0 for none.
    :param encoder: how its encoder was asked for; remembered for people.
    :param kind: what is learned to be written.
    """

    template: str | None = None
    window: int | None = None
    max_query_tokens: int | None = None
    number: int = 1
    encoder: str = ""
    kind: TextKind = TextKind.QUESTIONS
    causal: CausalOptions = field(default_factory=CausalOptions)

    def __post_init__(self) -> None:
        if self.kind is TextKind.GLOSS:
            raise UsageError("glosses are looked up, not learned; learn to write questions or translations")
        PromptChoice(None, self.template, self.window)
        for flag, value, least in (
            ("--max-passage-tokens", self.window, 1),
            ("--max-query-tokens", self.max_query_tokens, 2),
            ("--round-trip", self.number, 0),
        ):
            if value is not None and value < least:
                raise UsageError(f"{flag} is {value}; it must be at least {least}")
