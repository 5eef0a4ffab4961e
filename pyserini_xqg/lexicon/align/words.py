"""The words of a text as a table of translations holds them: in lower case, without numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

from pyserini_xqg.lexicon.align.segmenter import Segmenter
from pyserini_xqg.lexicon.words import folded, words_of

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_RUNS = regex.compile(rf"(?V1)(?P<unspaced>[{_UNSPACED}]+)|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+")
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})


class SentenceWords:
    """Finds the words of texts in one language.

    :param language: its code.
    :param segmenter: for what is written without spaces; None for a language that has them, where bigrams of other
        scripts' letters do.
    """

    def __init__(self, language: str, segmenter: Segmenter | None) -> None:
        self._turkish = language == "tr"
        self._cut = (segmenter or Segmenter.BIGRAMS).cutter(language)

    def __call__(self, text: str) -> list[str]:
        """The words in their order, those without a letter left out; what a hyphen or an apostrophe joins is several,
        as Lucene has it.
        """
        composed = unicodedata.normalize("NFC", text)
        lowered = (composed.translate(_TURKISH) if self._turkish else composed).lower()
        found: list[str] = []
        for run in _RUNS.finditer(lowered):
            found += self._cut(run[0]) if run["unspaced"] else (run[0],)
        return _with_letters(found)


def headwords(text: str) -> list[str]:
    """The words of a text in a language with spaces, as they are looked up in a dictionary; those without a letter left
    out.
    """
    return _with_letters(map(folded, words_of(text)))


def _with_letters(words: Iterable[str]) -> list[str]:
    return [word for word in words if any(map(str.isalpha, word))]
