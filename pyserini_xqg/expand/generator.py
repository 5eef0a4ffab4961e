"""What the stage asks of whatever writes queries, and what it gets back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pyserini_xqg.fusion.text_kind import TextKind
from pyserini_xqg.languages import Language


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece of work: the passages of one chunk, in one language. It alone decides what is written for it.

    :param texts: the passages.
    :param number: texts a passage.
    :param seed: see :func:`unit_seed`.
    :param kind: what the texts are to be to the passage.
    :param source: the passages' language, for what translates; None for the one that the generator was opened for.
    """

    texts: Sequence[str]
    language: Language
    number: int
    seed: int
    kind: TextKind = TextKind.QUESTIONS
    source: Language | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written for one passage, as it came.

    :param texts: candidate queries; there may be fewer or more than were asked for, and any text at all.
    :param cut: whether the passage was cut to fit the model's window.
    :param failed: how many answers could not be had, from a server that gave up.
    :param unfinished: how many of ``texts`` break off at the greatest length.
    :param repairs: what was taken off them, a name each.
    """

    texts: tuple[str, ...]
    cut: bool = False
    failed: int = 0
    unfinished: int = 0
    repairs: tuple[str, ...] = ()


class Generator(Protocol):
    """Something that writes queries. The same unit gives the same answers."""

    @property
    def name(self) -> str:
        """How people know it: the checkpoint, or the server and its model."""

    @property
    def fingerprint(self) -> str:
        """A hash of all that decides its answers beside the unit: weights, tokenizer, prompt, sampling, batches."""

    @property
    def arithmetic(self) -> str:
        """The arithmetic and the engine, such as ``fp32/torch``."""

    def phrases(self, language: Language) -> Sequence[str]:
        """The sentences of its prompt, by which an answer that repeats it is known."""

    def generate(self, unit: Unit) -> list[Answer]:
        """Write for one unit.

        :returns: an answer for each of the unit's texts.
        :raises GeneratorError: it cannot go on.
        """


def unit_seed(seed: int, chunk: int, code: str) -> int:
    """The seed of one unit, 63 bits: the same whoever makes it, in whatever order.

    :param seed: the user's seed.
    :param chunk: the chunk's number in the corpus.
    :param code: the language's code.
    """
    digest = hashlib.sha256(f"{seed}/{chunk}/{code}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1
