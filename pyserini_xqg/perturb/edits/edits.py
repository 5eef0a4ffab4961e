"""The edits of one word: every one, or one by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyserini_xqg.perturb.edits.block import block_letters
from pyserini_xqg.perturb.edits.layouts import layout_for
from pyserini_xqg.perturb.edits.letters import is_capital, lower, upper
from pyserini_xqg.perturb.edits.words import Word
from pyserini_xqg.perturb.edits.writing import Writing, writing_of
from pyserini_xqg.perturb.operations import Operation
from pyserini_xqg.perturb.scripts.diacritics import without_diacritics

_IDEOGRAPHIC = "Hani"
_TRIES = 4
"""Letters that are tried at a place before the next place: in an abugida most letters fit nowhere at all."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """A word as it is typed.

    :param code: its text's language.
    """

    word: Word
    code: str
    writing: Writing
    pieces: list[str]

    def after(self, place: int, removed: int, new: Sequence[str]) -> str | None:
        """The word with pieces in the place of others; None where it is no word, or the same but for capitals."""
        found = self.writing.join([*self.pieces[:place], *new, *self.pieces[place + removed :]])
        return None if found is None or found.casefold() == self.word.text.casefold() else found


def every_edit(word: Word, code: str, operation: Operation) -> list[str]:
    """What one operation can make of a word, each outcome once, in a fixed order.

    :param code: the canonical code of the text's language.
    """
    if operation is Operation.DIACRITICS:
        return list(_plain(word))
    typed = _typed(word, code)
    outcomes = (
        typed.after(place, *edit)
        for place in range(len(typed.pieces) + 1)
        for edit in _edits_at(typed, place, operation)
    )
    return list(dict.fromkeys(outcome for outcome in outcomes if outcome is not None))


def one_edit(word: Word, code: str, operation: Operation, rng: random.Random) -> str | None:
    """What an operation makes of a word at a place chosen by chance; None where it can make nothing of it."""
    if operation is Operation.DIACRITICS:
        return next(_plain(word), None)
    typed = _typed(word, code)
    places = list(range(len(typed.pieces) + 1))
    rng.shuffle(places)
    for tries in (_TRIES, None):
        for place in places:
            edits = _edits_at(typed, place, operation)
            for edit in rng.sample(edits, min(tries or len(edits), len(edits))):
                outcome = typed.after(place, *edit)
                if outcome is not None:
                    return outcome
    return None


def _plain(word: Word) -> Iterator[str]:
    plain = without_diacritics(word.text, word.script)
    if plain != word.text:
        yield plain


def _typed(word: Word, code: str) -> _Typed:
    writing = writing_of(word.script, word.text)
    return _Typed(word, code, writing, writing.split(word.text))


def _edits_at(typed: _Typed, place: int, operation: Operation) -> list[tuple[int, list[str]]]:
    """How many pieces go at a place, and what stands there instead."""
    pieces = typed.pieces
    if operation is Operation.INSERT:
        return [(0, [letter]) for letter in _added(typed, place)]
    if place == len(pieces):
        return []
    here = pieces[place]
    match operation:
        case Operation.DELETE:
            return [(1, [])]
        case Operation.SWAP:
            return (
                [(2, _swapped(here, pieces[place + 1], typed.code))]
                if place + 1 < len(pieces) and pieces[place + 1] != here
                else []
            )
        case Operation.REPLACE:
            return [(1, [letter]) for letter in _like(here, _letters(typed, here), typed.code)]
        case Operation.KEYBOARD:
            layout = layout_for(typed.code, typed.word.script)
            return [
                (1, [letter])
                for letter in _like(here, layout.near(lower(here, typed.code)) if layout else (), typed.code)
            ]
    return []


def _added(typed: _Typed, place: int) -> Sequence[str]:
    if (
        typed.word.script == _IDEOGRAPHIC
    ):  # typed by sound and chosen from a list: a stray key is no character, a second choice is
        return typed.pieces[place : place + 1]
    shouted = len(typed.pieces) > 1 and all(map(is_capital, typed.pieces))
    beside = typed.pieces[min(place, len(typed.pieces) - 1)]
    letters = _letters(typed, beside)
    return [upper(letter, typed.code) for letter in letters] if shouted else letters


def _letters(typed: _Typed, beside: str) -> Sequence[str]:
    if typed.word.script == _IDEOGRAPHIC:
        return ()
    layout = layout_for(typed.code, typed.word.script)
    return layout.letters if layout else block_letters(beside)


def _like(letter: str, others: Sequence[str], code: str) -> list[str]:
    """The others with the letter's capital form, without the letter itself."""
    if is_capital(letter):
        return [upper(other, code) for other in others if upper(other, code) != letter]
    return [other for other in others if other != letter]


def _swapped(one: str, other: str, code: str) -> list[str]:
    """Two letters in each other's place; a capital stays where it stands."""
    if is_capital(one) != is_capital(other):
        return [upper(other, code), lower(one, code)] if is_capital(one) else [lower(other, code), upper(one, code)]
    return [other, one]
