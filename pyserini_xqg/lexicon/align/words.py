"""The words of a text as a table of translations holds them: in lower case, without numbers."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from pyserini_xqg.lexicon.align.segmenter import Segmenter
from pyserini_xqg.lexicon.words import folded, words_of

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_RUNS = regex.compile(rf"(?V1)[{_UNSPACED}]+|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+")
_IS_UNSPACED = regex.compile(f"[{_UNSPACED}]")
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_REMEMBERED = 1 << 16
"""Words whose form is kept at hand: most of a text is few words, again and again."""


class SentenceWords:
    """Finds the words of texts in one language.

    :param language: its code.
    :param segmenter: for what is written without spaces; None for a language that has them, where bigrams of other
        scripts' letters do.
    """

    def __init__(self, language: str, segmenter: Segmenter | None) -> None:
        self._turkish = language == "tr"
        self._cut = (segmenter or Segmenter.BIGRAMS).cutter(language)
        self._of_run = lru_cache(_REMEMBERED)(self._words)

    def __call__(self, text: str) -> list[str]:
        """The words in their order, those without a letter left out; what a hyphen or an apostrophe joins is several,
        as Lucene has it.
        """
        composed = unicodedata.normalize("NFC", text)
        lowered = (composed.translate(_TURKISH) if self._turkish else composed).lower()
        return [word for run in _RUNS.findall(lowered) for word in self._of_run(run)]

    def _words(self, run: str) -> tuple[str, ...]:
        return tuple(filter(_has_letter, self._cut(run) if _IS_UNSPACED.match(run) else (run,)))


def headwords(text: str) -> list[str]:
    """The words of a text in a language with spaces, as they are looked up in a dictionary; those without a letter left
    out.
    """
    return [word for found in words_of(text) if (word := _headword(found))]


@lru_cache(_REMEMBERED)
def _headword(word: str) -> str:
    return folded(word) if _has_letter(word) else ""


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))
