"""Passages into sentences, and translated sentences into a text again. Pure."""

from __future__ import annotations

import regex

from pyserini_xqg.input.punkt import punkt_splitter
from pyserini_xqg.languages import Language

_END = regex.compile(
    r"(?<=\p{Sentence_Terminal}[\p{Pf}\p{Pe}\"']*)\s+|(?<=[。！？｡][」』”’）)]*)(?![」』”’）)。！？｡])"
)
"""Behind what ends a sentence in any script, with the quotes and brackets that it closes: before white space, or at
once in those that put none.
"""
_WITHOUT_SPACES = frozenset({"Hans", "Hant", "Jpan"})
"""Scripts whose sentences follow each other without a space."""


def sentences(text: str, language: Language) -> list[str]:
    """The sentences of a text, in their order: by NLTK's model of the language where there is one, else by the marks
    that end sentences in any script. A line never goes on in the next one.
    """
    punkt = punkt_splitter(language.name)
    found: list[str] = []
    for line in text.splitlines():
        found += punkt.tokenize(line) if punkt is not None else _END.split(line)
    return [sentence.strip() for sentence in found if sentence.strip()]


def joined(texts: list[str], language: Language) -> str:
    """Translated sentences as one text.

    :param language: the one that they are in.
    """
    separator = "" if language.script in _WITHOUT_SPACES else " "
    return separator.join(text.strip() for text in texts if text.strip())


def halves(text: str) -> tuple[str, str]:
    """A sentence in two, between the words that are nearest to its middle; in the middle of a word where there is but
    one.

    :param text: of at least two characters.
    """
    middle = len(text) // 2
    spaces = [match.start() for match in regex.finditer(r"(?<=\S)\s+(?=\S)", text)]
    place = min(spaces, key=lambda space: abs(space - middle)) if spaces else middle
    return text[:place].strip(), text[place:].strip()
