"""Why a query goes. A query goes for the first reason that it gives, in the order below."""

from __future__ import annotations

from enum import StrEnum

from pyserini_xqg.fusion.text_kind import TextKind


class DropReason(StrEnum):
    """What a query was dropped for; each is one check, which can be left out."""

    EMPTY = "empty"
    """Nothing but white space."""
    CONTROL = "control"
    """Control characters, U+FFFD or private-use characters: a broken encoding or a model's debris."""
    NO_LETTERS = "no-letters"
    """Digits, signs or marks alone."""
    SHORT = "short"
    """Too few letters and digits to ask anything."""
    REPETITION = "repetition"
    """The same few words again and again, as a model does that has lost its way."""
    SCRIPT = "script"
    """Not written in its language's script."""
    LANGUAGE = "language"
    """A detector finds its language improbable."""
    COPY = "copy"
    """A piece of the passage rather than a question about it."""
    DUPLICATE = "duplicate"
    """The same as an earlier query of its passage and language, apart from case, punctuation and Unicode form."""
    NEAR_DUPLICATE = "near-duplicate"
    """Almost the same as an earlier query of its passage and language."""
    LENGTH = "length"
    """A translation that is far shorter or longer than its passage."""
    COMMON = "common"
    """Generated for so many passages that it tells none of them from the others."""
    INCONSISTENT = "inconsistent"
    """Too little like its passage under the encoder."""


CODES: dict[DropReason, int] = {reason: number for number, reason in enumerate(DropReason, 1)}
"""How a reason is written in an array; 0 stands for a query that stays."""
KEPT = 0
"""The code of a query that stays."""
GLOBAL = (DropReason.COMMON, DropReason.INCONSISTENT)
"""Those that can be told only when every query was seen; all others look at one passage and its queries."""
_OF_ANY = frozenset({DropReason.EMPTY, DropReason.CONTROL, DropReason.NO_LETTERS})
_SUITABLE: dict[TextKind, frozenset[DropReason]] = {
    TextKind.QUESTIONS: frozenset(DropReason) - {DropReason.LENGTH},
    # Its words may well come again, and it is as long as its passage; what it must not be is the passage.
    TextKind.TRANSLATION: _OF_ANY
    | {
        DropReason.SCRIPT,
        DropReason.LANGUAGE,
        DropReason.COPY,
        DropReason.DUPLICATE,
        DropReason.REPETITION,
        DropReason.LENGTH,
        DropReason.INCONSISTENT,
    },
    # No sentence, with names in any script; several of a passage are alike wherever a word has one sense alone.
    TextKind.GLOSS: _OF_ANY,
}


def suits(reason: DropReason, kind: TextKind) -> bool:
    """Whether texts of this kind may go for this reason."""
    return reason in _SUITABLE[kind]
