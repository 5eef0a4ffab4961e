"""Kinds of text that stand for a passage in a language that it is not written in, and the columns that they make.

Whatever counts texts or adds up their vectors has a column a language and kind. A column is called by its language
where it holds questions, as stores had it before there were other kinds, and by language and kind otherwise: ``ar``,
``ar.gloss``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pyserini_xqg.errors import UsageError


class TextKind(StrEnum):
    """What a text is to its passage."""

    QUESTIONS = "questions"
    """What people might ask that it answers."""
    TRANSLATION = "translation"
    """What it says."""
    GLOSS = "gloss"
    """Its words, one by one."""

    @property
    def key(self) -> str:
        """The key of such texts in a line of a queries file."""
        return {
            TextKind.QUESTIONS: "queries",
            TextKind.TRANSLATION: "translations",
            TextKind.GLOSS: "glosses",
        }[self]

    @property
    def weight(self) -> float:
        """What such a text weighs in what a passage is drawn towards, where a question weighs 1."""
        return {TextKind.QUESTIONS: 1.0, TextKind.TRANSLATION: 1.5, TextKind.GLOSS: 0.4}[self]


def column(code: str, kind: TextKind) -> str:
    """The column of a language's texts of a kind."""
    return code if kind is TextKind.QUESTIONS else f"{code}.{kind}"


def language_of(name: str) -> str:
    """The language of a column."""
    return name.partition(".")[0]


def kind_of(name: str) -> TextKind:
    """The kind of a column's texts.

    :raises ValueError: there is no such kind.
    """
    _, _, kind = name.partition(".")
    return TextKind(kind) if kind else TextKind.QUESTIONS


def is_other(name: str) -> bool:
    """Whether a column holds something else than questions."""
    return kind_of(name) is not TextKind.QUESTIONS


def languages_of(columns: Iterable[str]) -> tuple[str, ...]:
    """The languages of some columns, each once, in their order."""
    return tuple(dict.fromkeys(map(language_of, columns)))


def columns_of(languages: Iterable[str], columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that are of these languages, a language after the other, questions before other kinds."""
    return tuple(name for code in languages for name in sorted(columns) if language_of(name) == code)


def in_words(columns: Sequence[str], separator: str = ", ") -> str:
    """Columns in words: ``queries in ar, ja; glosses in ar``; empty for none."""
    parts = []
    for kind in TextKind:
        if codes := [language_of(name) for name in columns if kind_of(name) is kind]:
            parts.append(f"{kind.key} in {separator.join(codes)}")
    return "; ".join(parts)


Weights = tuple[tuple[str, float], ...]
"""Kinds and what their texts weigh."""


def parse_weights(words: str) -> Weights:
    """``gloss=0.4,translation=1.5`` as pairs, in the order of the kinds.

    :raises UsageError: another shape, an unknown kind, one that comes twice, or a weight that is no number from 0 up.
    """
    given: dict[str, float] = {}
    kinds = ", ".join(TextKind)
    for word in words.split(","):
        name, _, number = word.partition("=")
        if name.strip() not in set(TextKind):
            raise UsageError(f"--weights {words!r}: there is no kind of text {name.strip()!r}; there are {kinds}")
        if name.strip() in given:
            raise UsageError(f"--weights {words!r} names {name.strip()} twice")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not (math.isfinite(weight) and weight >= 0):
            raise UsageError(f"--weights {words!r}: expected KIND=WEIGHT, a number from 0 up, such as gloss=0.4")
        given[name.strip()] = weight
    return tuple((str(kind), given[kind]) for kind in TextKind if kind in given)


def weights_in_words(weights: Weights) -> str:
    """As :func:`parse_weights` takes them."""
    return ",".join(f"{kind}={weight!r}" for kind, weight in weights)
