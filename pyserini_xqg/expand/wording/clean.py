"""What a model wrote becomes a query, or is dropped for a reason that is counted. Pure.

Only what is no query at all goes here, whatever the language. Duplicates, the wrong language and queries that do not
fit their passage are judged by the stage ``filter``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.fusion.text_kind import TextKind


class NoQueryReason(StrEnum):
    """Why an answer is no query."""

    FAILED = "no answer"
    """The server gave none, after every retry."""
    EMPTY = "empty"
    """Not one letter or digit."""
    PASSAGE = "the passage"
    """The passage itself, or of what is to be a question a long stretch of it word for word."""
    PROMPT = "the prompt"
    """The prompt, or an example out of it."""
    REPETITION = "repetition"
    """The same few words or characters again and again."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that is kept.

    :param repaired: whether characters that no text should hold were taken out of it.
    """

    text: str
    repaired: bool


_LONGEST_COPY = 100
"""Characters: a verbatim stretch of the passage of this length is no query, and neither is one of more than half the
passage.
"""
_SHORTEST_PHRASE = 16
"""Characters: a shorter piece of the prompt may well be part of a query."""
_SHORTEST_STRETCH = 20
"""Characters that a repetition must cover to count as endless: numbers such as 1,000,000 and words such as hahaha
pass.
"""
_LONGEST_PERIOD = 40
_COPIES = 4
_MANY_WORDS = 12
_FEWEST_DISTINCT = 0.35
_STRETCH = 12
_SAID_AGAIN = 0.25
"""The share of a translation that goes round in a circle: people's translations of XQuAD's passages come to 0.14 at
most.
"""
_SPACE = re.compile(r"\s+")


def clean(
    text: str, passage: str, phrases: Sequence[str], kind: TextKind = TextKind.QUESTIONS
) -> Query | NoQueryReason:
    """Tidy one answer, or say why it is none.

    :param phrases: the sentences of the prompt.
    :param kind: what it was asked for. A gloss may say the same word as often as its passage does, and holds the
        passage's names; a translation may be long, may hold a title or a quotation as it stands, and repeats what the
        passage repeats.
    """
    tidied, repaired = _without_controls(text)
    if not any(unicodedata.category(character)[0] in "LN" for character in tidied):
        return NoQueryReason.EMPTY
    if kind is TextKind.GLOSS:
        return Query(tidied, repaired)
    plain, of_passage = _plain(tidied), _plain(passage)
    if _is_untranslated(plain, of_passage) if kind is TextKind.TRANSLATION else _is_copy(plain, of_passage):
        return NoQueryReason.PASSAGE
    if any(_repeats_phrase(plain, _plain(phrase)) for phrase in phrases):
        return NoQueryReason.PROMPT
    if _goes_round(plain, of_passage) if kind is TextKind.TRANSLATION else _is_endless(plain):
        return NoQueryReason.REPETITION
    return Query(tidied, repaired)


def _without_controls(text: str) -> tuple[str, bool]:
    """One line, without control characters, halves of surrogate pairs, and the mark of bytes that are no text."""
    kept = [character for character in text if character.isspace() or not _is_rubbish(character)]
    return _SPACE.sub(" ", "".join(kept)).strip(), len(kept) < len(text)


def _is_rubbish(character: str) -> bool:
    code = ord(character)
    return character == "\ufffd" or code & 0xFFFE == 0xFFFE or unicodedata.category(character) in ("Cc", "Cs")


def _plain(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _is_copy(query: str, passage: str) -> bool:
    return (
        query == passage
        or (query in passage and len(query) >= min(_LONGEST_COPY, len(passage) / 2))
        or (len(passage) > len(query) / 2 and passage in query)
    )


def _is_untranslated(text: str, passage: str) -> bool:
    """Whether a text is its passage, whatever became of spaces and punctuation, or holds the whole of it."""
    own, whole = ("".join(filter(str.isalnum, one)) for one in (text, passage))
    return own == whole or (len(whole) >= _LONGEST_COPY and whole in own)


def _goes_round(text: str, passage: str) -> bool:
    """Whether much of a text has been said in it before, beyond what its passage repeats."""
    return _said_again(text) - _said_again(passage) >= max(_SHORTEST_STRETCH, _SAID_AGAIN * len(text))


def _said_again(text: str) -> int:
    """How many characters end a stretch that is there earlier in the text."""
    stretches = [text[start : start + _STRETCH] for start in range(len(text) - _STRETCH + 1)]
    return len(stretches) - len(set(stretches))


def _repeats_phrase(query: str, phrase: str) -> bool:
    return (
        query == phrase
        or (len(phrase) >= _SHORTEST_PHRASE and phrase in query)
        or (len(query) >= _SHORTEST_PHRASE and query in phrase)
    )


def _is_endless(text: str) -> bool:
    words = text.split()
    if len(words) >= _MANY_WORDS and len(set(words)) < _FEWEST_DISTINCT * len(words):
        return True
    return any(
        _longest_stretch(text, period) >= max(_SHORTEST_STRETCH, _COPIES * period) for period in _periods(len(text))
    )


def _periods(length: int) -> range:
    return range(1, min(_LONGEST_PERIOD, length // _COPIES) + 1) if length >= _SHORTEST_STRETCH else range(0)


def _longest_stretch(text: str, period: int) -> int:
    """Characters of the longest piece of ``text`` that repeats every ``period`` characters."""
    longest = run = 0
    for before, after in zip(text, text[period:], strict=False):
        run = run + 1 if before == after else 0
        longest = max(longest, run)
    return longest + period
