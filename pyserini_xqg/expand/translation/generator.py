"""Translators: passages sentence by sentence, whatever the model's family and engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Protocol

from pyserini_xqg.errors import GeneratorError
from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.expand.models.model_files import ModelFiles
from pyserini_xqg.expand.models.sampling import Sampling
from pyserini_xqg.expand.translation.family import TranslatorWords
from pyserini_xqg.expand.translation.sentences import halves, joined, sentences
from pyserini_xqg.languages import Language, language

WINDOW = 512
"""Tokens of a sentence, where neither the user nor the model says less."""
_FORMAT = 1
"""Raise it when the same model with the same settings writes something else."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences of a unit as a model reads them.

    :param ids: their tokens.
    :param begin: tokens that each translation is begun with.
    :param number: translations of each.
    """

    ids: Sequence[Sequence[int]]
    begin: tuple[int, ...]
    number: int
    seed: int


class TranslationEngine(Protocol):
    """A model that is loaded."""

    @property
    def arithmetic(self) -> str:
        """The arithmetic and the engine, such as ``fp32/torch-cpu``."""

    @property
    def words(self) -> TranslatorWords:
        """Its tokenizer, and what it calls languages."""

    @property
    def positions(self) -> int | None:
        """The longest text that it reads or writes, in tokens; None where there is no end."""

    def translate(self, asked: Sentences, sampling: Sampling, token_budget: int) -> list[tuple[list[str], list[int]]]:
        """Translate sentences in batches of similar length.

        :returns: for each its translations, and how many tokens each of them has.
        """


class TranslatorGenerator:
    """A translator as the stage knows it.

    :param source: the passages' language, where a unit does not say another one.
    :param window: the longest sentence in tokens; None for the model's own limit, 512 at most.
    :param token_budget: padded tokens of sentences in a batch.
    """

    def __init__(
        self,
        *,
        files: ModelFiles,
        engine: TranslationEngine,
        sampling: Sampling,
        source: Language,
        window: int | None,
        token_budget: int,
    ) -> None:
        self.name = files.source
        self.arithmetic = engine.arithmetic
        self.engine = engine
        self._files = files
        self._words = engine.words
        self._source = source
        self._token_budget = token_budget
        longest = min(self._words.tokenizer.model_max_length, engine.positions or WINDOW)
        self._window = int(min(window or WINDOW, longest))
        # The beginning of a text takes positions, too.
        room = sampling.max_tokens if engine.positions is None else max(1, engine.positions - 2)
        self._sampling = replace(sampling, max_tokens=min(sampling.max_tokens, room))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of weights, tokenizer, sampling, window and batches, and of the passages' language."""
        decisive = [_FORMAT, self._files.sha256(), asdict(self._sampling), self._window, self._token_budget]
        return hashlib.sha256(json.dumps([*decisive, self._source.code]).encode()).hexdigest()

    def check(self, codes: Sequence[str]) -> None:
        """See that it translates into these languages.

        :raises UsageError: it does not know one of them.
        """
        for code in codes:
            self._words.check(self._source, language(code))

    def phrases(self, language: Language) -> Sequence[str]:
        """None: nothing is asked."""
        return ()

    def generate(self, unit: Unit) -> list[Answer]:
        """Translate the unit's passages.

        :raises UsageError: the model does not know the language.
        :raises GeneratorError: the window holds no word.
        """
        source = unit.source or self._source
        self._words.check(source, unit.language)
        ids: list[list[int]] = []
        rows: list[range] = []
        cut: list[bool] = []
        for text in unit.texts:
            whole = sentences(text, source)
            pieces = [piece for sentence in whole for piece in self._fitted(sentence, source, unit.language)]
            rows.append(range(len(ids), len(ids) + len(pieces)))
            cut.append(len(pieces) > len(whole))
            ids += pieces
        asked = Sentences(ids, self._words.begin(unit.language), unit.number, unit.seed)
        found = self.engine.translate(asked, self._sampling, self._token_budget) if ids else []
        return [
            self._answer([found[row] for row in mine], was_cut, unit) for mine, was_cut in zip(rows, cut, strict=True)
        ]

    def _answer(self, found: Sequence[tuple[list[str], list[int]]], cut: bool, unit: Unit) -> Answer:
        texts, unfinished = [], 0
        for place in range(unit.number):
            texts.append(joined([written[place] for written, _ in found], unit.language))
            unfinished += any(lengths[place] >= self._sampling.max_tokens for _, lengths in found)
        return Answer(tuple(texts), cut, unfinished=unfinished)

    def _fitted(self, sentence: str, source: Language, target: Language) -> list[list[int]]:
        """A sentence's tokens, in as many pieces as the window asks for."""
        ids = self._words.encode(sentence, source, target)
        if len(ids) <= self._window:
            return [ids]
        if len(sentence) < 2:
            raise GeneratorError(f"--window {self._window} is too short for {self.name}; give a larger one")
        return [piece for half in halves(sentence) for piece in self._fitted(half, source, target)]
