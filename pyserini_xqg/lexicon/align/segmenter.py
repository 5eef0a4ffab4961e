"""Words of scripts that put no spaces between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib.util import find_spec
from itertools import pairwise


class Segmenter(StrEnum):
    """How a run of such letters becomes words."""

    ICU = "icu"
    """By ICU's dictionaries, out of the package ``icu4py``."""
    BIGRAMS = "bigrams"
    """Every two letters that follow each other, as Lucene's analyzer for Chinese, Japanese and Korean indexes them."""

    def cutter(self, language: str) -> Callable[[str], Iterable[str]]:
        """What cuts a run of letters of this language.

        :raises ImportError: ICU is asked for and not installed.
        """
        if self is Segmenter.BIGRAMS:
            return _bigrams
        from icu4py.breakers import WordBreaker

        return lambda run: WordBreaker(run, language)


def best_segmenter() -> Segmenter:
    """ICU where it is installed, else bigrams."""
    return Segmenter.BIGRAMS if find_spec("icu4py") is None else Segmenter.ICU


def _bigrams(run: str) -> Iterable[str]:
    return [run] if len(run) == 1 else [first + second for first, second in pairwise(run)]
