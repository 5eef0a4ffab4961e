"""Topics out of the names that pages and sections bear in another language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

_WORD = re.compile(r"[^\W\d_]+")


class Half(StrEnum):
    """The half that a page belongs to."""

    DEV = "dev"
    """To learn and to tune from."""
    TEST = "test"
    """To judge by."""


def half_of(title: str) -> Half:
    """The half of the pages with this English title. It hangs on nothing but the title, so it is the same whichever
    packages, passages and languages are chosen.
    """
    digest = hashlib.md5(title.lower().encode(), usedforsecurity=False).hexdigest()
    return Half.TEST if int(digest, 16) % 2 else Half.DEV


class Wording(StrEnum):
    """What a text in another language is beside the English one."""

    TRANSLATED = "translated"
    ENGLISH = "the same as in English"
    NAMES = "without a word that the English one lacks"


def wording(text: str, english: str) -> Wording:
    """Whether a text is really translated. Letters alone count, in either case: a name with other punctuation around it
    is no translation.
    """
    if text.casefold() == english.casefold():
        return Wording.ENGLISH
    return Wording.TRANSLATED if _words(text) - _words(english) else Wording.NAMES


def is_mostly_new(text: str, english: str) -> bool:
    """Whether more than half of a text's letters are in words that the English one lacks: pages are translated
    paragraph by paragraph, and some never to the end.
    """
    known, words = _words(english), _WORD.findall(text.casefold())
    return 2 * sum(len(word) for word in words if word not in known) > sum(map(len, words))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class Named:
    """A page, whose name is its title, or a section, whose name is its heading.

    :param ident: the page's path or the section's docid.
    :param english: its English name.
    :param docids: its passages.
    """

    ident: str
    english: str
    docids: tuple[str, ...]


@dataclass(slots=True)
class HelpTopic:
    """A name in another language, to be searched for.

    :param qid: of the first that bears it.
    :param own: the passages of those that bear it.
    :param relevant: these, and the passages of all that bear an English name of theirs.
    """

    qid: str
    text: str
    own: dict[str, None] = field(default_factory=dict)
    relevant: dict[str, None] = field(default_factory=dict)

    def half(self, halves: Mapping[str, Half]) -> Half | None:
        """The half that all of its passages are in; None when they are in both."""
        found = {halves[docid] for docid in self.relevant}
        return found.pop() if len(found) == 1 else None


def topics_of(named: Sequence[Named], names: Mapping[str, str]) -> list[HelpTopic]:
    """A topic for each different name.

    :param names: ident -> the name in the language; those that count as translated.
    """
    bearing: dict[str, dict[str, None]] = {}
    for one in named:
        bearing.setdefault(one.english.casefold(), {}).update(dict.fromkeys(one.docids))
    found: dict[str, HelpTopic] = {}
    for one in named:
        if one.ident in names:
            text = names[one.ident]
            topic = found.setdefault(text.casefold(), HelpTopic(one.ident, text))
            topic.own.update(dict.fromkeys(one.docids))
            topic.relevant.update(bearing[one.english.casefold()])
    return list(found.values())
