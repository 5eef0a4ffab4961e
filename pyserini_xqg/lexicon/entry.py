"""What every dictionary comes to: a headword and its translations, each with a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordTranslation:
    """One translation of a headword.

    :param text: a word or a phrase, without markup.
    :param weight: above 0. A table of probabilities gives these; a dictionary, whose articles only say an order, gives
        what :func:`by_rank` does.
    """

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """A headword of a dictionary.

    :param headword: a word or a phrase, as the dictionary spells it.
    :param translations: the most usual one first.
    :param variant: whether the headword is another spelling of one that has an entry of its own: to be looked up, and
        not to be translated into.
    """

    headword: str
    translations: tuple[WordTranslation, ...]
    variant: bool = False


def by_rank(texts: Sequence[str]) -> tuple[WordTranslation, ...]:
    """The translations of an article, which says no more than their order: the one at rank r weighs 1/r.

    :param texts: the most usual one first; one that comes again counts where it came first.
    """
    return tuple(WordTranslation(text, 1 / rank) for rank, text in enumerate(dict.fromkeys(texts), start=1))
