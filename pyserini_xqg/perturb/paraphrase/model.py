"""Paraphrases by a language model: asked for another wording, or for a translation into another language and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from pyserini_xqg.expand.generator import Generator, Unit
from pyserini_xqg.expand.wording.clean import NoQueryReason, clean
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.languages import Language, language
from pyserini_xqg.perturb.edits.misspell import Untouched
from pyserini_xqg.perturb.makers import Made, distinct
from pyserini_xqg.perturb.operations import Operation
from pyserini_xqg.progress import Progress, progress

_CHUNK = 16
"""Topics that are asked about together."""


@dataclass(frozen=True, slots=True)
class GeneratorMaker:
    """Another wording by a generator with a prompt for it.

    :param number: variants a query, at most.
    """

    generator: Generator
    seed: int
    number: int

    def identity(self) -> Mapping[str, object]:
        """The generator, and how it computes."""
        return {"generator": self.generator.fingerprint, "arithmetic": self.generator.arithmetic}

    def make(self, topics: Sequence[Topic], code: str, stops: AbstractSet[str]) -> list[Made]:
        """Ask about every topic in its own language."""
        del stops
        with progress("paraphrasing", "topics", len(topics)) as bar:
            answers = _ask(
                generator=self.generator,
                topics=topics,
                texts=[topic.text for topic in topics],
                target=language(code),
                source=language(code),
                number=self.number,
                seed=self.seed,
                bar=bar,
            )
        return _made(topics, answers, Operation.GENERATED, self.generator.name, self.number)


@dataclass(frozen=True, slots=True)
class RoundTripMaker:
    """A translation into another language and back, by a generator with a prompt for translating.

    :param pivot: the other language's code.
    """

    generator: Generator
    pivot: str
    seed: int
    number: int

    def identity(self) -> Mapping[str, object]:
        """The generator, how it computes, and the other language."""
        return {"generator": self.generator.fingerprint, "arithmetic": self.generator.arithmetic, "pivot": self.pivot}

    def make(self, topics: Sequence[Topic], code: str, stops: AbstractSet[str]) -> list[Made]:
        """Ask for one translation of every topic, and for as many ways back as variants are wanted; nothing for topics
        in the pivot itself.
        """
        del stops
        if code == self.pivot:
            return [Made((), Untouched.NO_WORDING)] * len(topics)
        with progress(f"translating by way of {language(self.pivot).name}", "requests", 2 * len(topics)) as bar:
            there = _ask(
                generator=self.generator,
                topics=topics,
                texts=[topic.text for topic in topics],
                target=language(self.pivot),
                source=language(code),
                number=1,
                seed=self.seed,
                bar=bar,
            )
            texts = [answers[0] if answers else "" for answers in there]
            translated = [place for place, text in enumerate(texts) if text]
            back = _ask(
                generator=self.generator,
                topics=[topics[place] for place in translated],
                texts=[texts[place] for place in translated],
                target=language(code),
                source=language(self.pivot),
                number=self.number,
                seed=self.seed,
                bar=bar,
            )
        found: list[Sequence[str]] = [()] * len(topics)
        for place, answers in zip(translated, back, strict=True):
            found[place] = answers
        return _made(
            topics, found, Operation.ROUND_TRIP, f"{self.generator.name}, {code}-{self.pivot}-{code}", self.number
        )


def built_in_prompt(operation: Operation) -> Path:
    """The prompt for one operation, as a file that ``--prompt`` of a generator takes."""
    name = "translate.toml" if operation is Operation.ROUND_TRIP else "paraphrase.toml"
    with as_file(files("pyserini_xqg") / "resources" / "prompts" / name) as place:
        return place


def _ask(
    *,
    generator: Generator,
    topics: Sequence[Topic],
    texts: Sequence[str],
    target: Language,
    source: Language,
    number: int,
    seed: int,
    bar: Progress,
) -> list[Sequence[str]]:
    """What the generator writes for each text; a unit's seed is of the topics in it, so that other languages change
    nothing.
    """
    found: list[Sequence[str]] = []
    phrases = generator.phrases(target)
    for start in range(0, len(texts), _CHUNK):
        part = texts[start : start + _CHUNK]
        unit_seed = _unit_seed(seed, [topic.qid for topic in topics[start : start + _CHUNK]], target)
        unit = Unit(part, target, number, unit_seed, source=source)
        for text, answer in zip(part, generator.generate(unit), strict=True):
            outcomes = [clean(written, text, phrases) for written in answer.texts[:number]]
            found.append([outcome.text for outcome in outcomes if not isinstance(outcome, NoQueryReason)])
        bar.advance(len(part))
    return found


def _unit_seed(seed: int, qids: Sequence[str], target: Language) -> int:
    return int.from_bytes(hashlib.sha256("\n".join([str(seed), target.code, *qids]).encode()).digest()[:8]) >> 1


def _made(
    topics: Sequence[Topic], answers: Sequence[Sequence[str]], operation: Operation, source: str, number: int
) -> list[Made]:
    found = [
        distinct(texts, topic.text, operation, source, number) for topic, texts in zip(topics, answers, strict=True)
    ]
    return [Made(variants, None if variants else Untouched.NO_WORDING) for variants in found]
