"""What makes the variants of one language's topics. Every maker works on all topics of a language; what one topic gets
depends on no other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from pyserini_xqg.input.topics import Topic
from pyserini_xqg.perturb.edits.misspell import Misspeller, TypoSettings, Untouched
from pyserini_xqg.perturb.operations import Operation, OperationKind
from pyserini_xqg.perturb.rules import one_outcome
from pyserini_xqg.perturb.settings import PerturbSettings
from pyserini_xqg.perturb.variant import Variant

_TRIES = 4
"""Draws a variant that is wanted: the same one may come up again."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of one topic: variants, each text once and none the topic's own, or why there is none."""

    variants: tuple[Variant, ...]
    untouched: Untouched | None = None


class Maker(Protocol):
    """Something that makes variants."""

    def identity(self) -> Mapping[str, object]:
        """What decides its variants beside settings and topics, as JSON."""

    def make(self, topics: Sequence[Topic], code: str, stops: AbstractSet[str]) -> list[Made]:
        """Make the variants of one language's topics.

        :param stops: the language's stop words.
        """


@dataclass(frozen=True, slots=True)
class RuleMaker:
    """Misspellings, orders, naturality and scripts: what needs nothing but the query and chance."""

    settings: PerturbSettings

    def identity(self) -> Mapping[str, object]:
        """Nothing further."""
        return {}

    def make(self, topics: Sequence[Topic], code: str, stops: AbstractSet[str]) -> list[Made]:
        """Each topic has a chance of its own, by its id."""
        if self.settings.kind is not OperationKind.MISSPELLING:
            return [
                self._drawn(topic, code, partial(self._ruled, topic.text, code, stops), _nothing) for topic in topics
            ]
        misspeller = Misspeller(
            code, stops, TypoSettings(self.settings.chosen, self.settings.edits, self.settings.words)
        )
        return [
            self._drawn(topic, code, partial(_misspelled, misspeller, topic.text), misspeller.reason)
            for topic in topics
        ]

    def _drawn(
        self, topic: Topic, code: str, draw: Callable[[random.Random], Variant | None], why: Callable[[str], Untouched]
    ) -> Made:
        found: dict[str, Variant] = {}
        for number in range(_TRIES * self.settings.variants):
            rng = random.Random(f"{self.settings.seed}/{self.settings.kind}/{code}/{topic.qid}/{number}")
            variant = draw(rng)
            if variant is None or len(found) == self.settings.variants:
                break
            found.setdefault(variant.text, variant)
        return Made(tuple(found.values())) if found else Made((), why(topic.text))

    def _ruled(self, text: str, code: str, stops: AbstractSet[str], rng: random.Random) -> Variant | None:
        operations = list(self.settings.chosen)
        rng.shuffle(operations)
        for operation in operations:
            outcome = one_outcome(text, code, operation, stops, rng)
            if outcome is not None:
                return Variant(outcome, operation)
        return None


def _misspelled(misspeller: Misspeller, text: str, rng: random.Random) -> Variant | None:
    made = misspeller.misspell(text, rng)
    return None if made is None else Variant(made.text, made.changes[0].operations[0], made.changes)


def _nothing(text: str) -> Untouched:
    del text
    return Untouched.NO_OUTCOME


def distinct(
    texts: Sequence[str], original: str, operation: Operation, source: str, number: int
) -> tuple[Variant, ...]:
    """The first ``number`` texts that differ from the original and each other in more than capitals and spaces."""
    seen = {_compared(original)}
    found: list[Variant] = []
    for text in texts:
        if _compared(text) not in seen and len(found) < number:
            seen.add(_compared(text))
            found.append(Variant(text, operation, source=source))
    return tuple(found)


def _compared(text: str) -> str:
    return " ".join(text.casefold().split())
