"""Kinds of text that stand for a passage in a language that it is not written in, and the columns that they make.

Whatever counts texts or adds up their vectors has a column a language and kind. A column is called by its language
where it holds questions, as stores had it before there were other kinds, and by language and kind otherwise: ``ar``,
``ar.gloss``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum


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
    def one(self) -> str:
        """What such a text is called."""
        return {TextKind.QUESTIONS: "query", TextKind.TRANSLATION: "translation", TextKind.GLOSS: "gloss"}[self]

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
