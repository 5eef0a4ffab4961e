"""Misspellings: one word of a query, chosen by chance, by one operation, chosen by chance.

The rules are those of typo-aware training (Zhuang and Zuccon 2021, EMNLP, section 3; 2022, SIGIR, section 4.2,
"CharacterBERT and Self-Teaching"): one word a query, of three letters or more, no stop word. What a letter is, and
which letter a slip may give, is the script's.
"""

from __future__ import annotations

import random
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from pyserini_xqg.errors import UsageError
from pyserini_xqg.java.stop_words import folded
from pyserini_xqg.languages import language as known_language
from pyserini_xqg.perturb.edits.edits import one_edit
from pyserini_xqg.perturb.edits.words import Word, replaced, words_of
from pyserini_xqg.perturb.edits.writing import writing_of
from pyserini_xqg.perturb.operations import OPERATIONS, TYPOS, Operation, OperationKind
from pyserini_xqg.perturb.scripts.scripts import SHARED
from pyserini_xqg.perturb.stop_words import stop_words


class Untouched(StrEnum):
    """Why a query stays as it is."""

    NO_LETTERS = "no letters"
    """Digits, signs or emoji alone."""
    SHORT = "only short words"
    """No word of three letters: a query of one letter, for instance."""
    STOP_WORDS = "only stop words"
    """Every word that is long enough is a stop word."""
    NO_OUTCOME = "nothing to change"
    """The operations asked for change none of its words: swapping letters of ``AAA``, or dropping accents where there
    are none.
    """
    NO_WORDING = "no other wording"
    """The file has no variation of it, or the generator gave nothing but the query itself."""
    SPARED = "spared by chance"
    """``--probability`` left it out."""


@dataclass(frozen=True, slots=True)
class Change:
    """A word that was changed.

    :param index: its number in the query, from 0.
    :param operations: what was done to it, in order.
    """

    index: int
    before: str
    after: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A misspelled query."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class TypoSettings:
    """How much is misspelled.

    :param operations: what to choose among, each as likely.
    :param edits: edits a word.
    :param words: words a query; fewer where there are no more.
    :raises UsageError: a number that cannot be, or an operation that misspells nothing.
    """

    operations: tuple[Operation, ...] = TYPOS
    edits: int = 1
    words: int = 1

    def __post_init__(self) -> None:
        if self.edits < 1 or self.words < 1:
            raise UsageError(f"--edits {self.edits} and --words {self.words}: each must be at least 1")
        strange = [operation for operation in self.operations if operation not in OPERATIONS[OperationKind.MISSPELLING]]
        if strange or not self.operations:
            raise UsageError(
                f"{strange[0] if strange else 'no operation at all'}: misspellings are made by "
                f"{', '.join(OPERATIONS[OperationKind.MISSPELLING])}"
            )


DEFAULT_TYPOS = TypoSettings()
"""The papers': one edit of one word, by any of five operations."""


class Misspeller:
    """Misspells the queries of one language.

    :param code: a language code.
    :param stops: words that are left alone, as :func:`stop_words.folded` gives them; None for Lucene's list.
    :raises UsageError: the language is unknown.
    """

    def __init__(
        self, code: str, stops: AbstractSet[str] | None = None, settings: TypoSettings = DEFAULT_TYPOS
    ) -> None:
        self.code = known_language(code).code
        self._stops = stop_words(self.code) if stops is None else frozenset(stops)
        self._settings = settings

    def misspell(self, text: str, rng: random.Random) -> Misspelling | None:
        """A misspelled form of the text; None where it has none, for which :meth:`reason` tells why.

        :param rng: the only source of chance: the same state gives the same misspelling.
        """
        eligible = self.eligible(text)
        rng.shuffle(eligible)
        changes: list[tuple[Word, Change]] = []
        for word in eligible:
            change = self._changed(word, rng)
            if change is not None:
                changes.append((word, change))
            if len(changes) == self._settings.words:
                break
        if not changes:
            return None
        changes.sort(key=lambda pair: pair[1].index)
        return Misspelling(
            replaced(text, [(word, change.after) for word, change in changes]), tuple(change for _, change in changes)
        )

    def eligible(self, text: str) -> list[Word]:
        """The words that may be misspelled, in their order."""
        return [word for word in self._words(text) if folded(word.text) not in self._stops]

    def reason(self, text: str) -> Untouched:
        """Why :meth:`misspell` gave nothing for a text."""
        if self.eligible(text):
            return Untouched.NO_OUTCOME
        if self._words(text):
            return Untouched.STOP_WORDS
        return Untouched.SHORT if words_of(text) else Untouched.NO_LETTERS

    def _words(self, text: str) -> list[Word]:
        return [
            word
            for word in words_of(text, self._stops)
            if word.script != SHARED and writing_of(word.script, word.text).is_long_enough(word.text)
        ]

    def _changed(self, word: Word, rng: random.Random) -> Change | None:
        done: list[Operation] = []
        now = word
        for _ in range(self._settings.edits):
            operation, after = self._edited(now, word.text, rng)
            if operation is None:
                break
            done.append(operation)
            now = replace(now, text=after)
        return Change(word.index, word.text, now.text, tuple(done)) if done else None

    def _edited(self, word: Word, original: str, rng: random.Random) -> tuple[Operation | None, str]:
        """One edit, which must not undo an earlier one."""
        operations = list(self._settings.operations)
        rng.shuffle(operations)
        for operation in operations:
            after = one_edit(word, self.code, operation, rng)
            if after is not None and after.casefold() != original.casefold():
                return operation, after
        return None, word.text


@lru_cache
def _misspeller(code: str, settings: TypoSettings) -> Misspeller:
    return Misspeller(code, None, settings)


def misspell(
    text: str, language: str, rng: random.Random, settings: TypoSettings = DEFAULT_TYPOS
) -> Misspelling | None:
    """Misspell a query; None where nothing in it can be. Pure but for ``rng``, and made for being called in training,
    thousands of times a second.

    :param language: a language code.
    :raises UsageError: the language is unknown.
    """
    return _misspeller(language, settings).misspell(text, rng)
