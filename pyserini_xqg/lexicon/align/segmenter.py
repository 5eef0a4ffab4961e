"""Words of scripts that put no spaces between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from importlib.util import find_spec
from itertools import pairwise

from pyserini_xqg.errors import SetupError

_UNSPACED = frozenset({"ja", "th", "zh"})


class Segmenter(StrEnum):
    """How a run of such letters becomes words."""

    ICU = "icu"
    """By ICU's dictionaries, out of the package ``icu4py``."""
    BIGRAMS = "bigrams"
    """Every two letters that follow each other, as Lucene's analyzer for Chinese, Japanese and Korean indexes them."""

    def cutter(self, language: str) -> Callable[[str], Iterable[str]]:
        """What cuts a run of letters of this language.

        :raises SetupError: ICU is asked for and not installed.
        """
        if self is Segmenter.BIGRAMS:
            return _bigrams
        if not _icu_is_there():
            raise SetupError(
                "--segmenter icu needs the package icu4py; pip install icu4py, or take --segmenter bigrams"
            )
        from icu4py.breakers import WordBreaker

        return lambda run: WordBreaker(run, language)


def best_segmenter(language: str) -> Segmenter | None:
    """ICU where it is installed, else bigrams; None for a language whose words spaces part.

    On held-out pairs of LibreOffice's help, tables of ICU's words find the English sentence more often than those of
    bigrams: 0.955 against 0.937 MRR in Chinese, 0.900 against 0.884 in Japanese.

    :param language: its code.
    """
    if language not in _UNSPACED:
        return None
    return Segmenter.ICU if _icu_is_there() else Segmenter.BIGRAMS


def _icu_is_there() -> bool:
    return find_spec("icu4py") is not None


def _bigrams(run: str) -> Iterable[str]:
    return [run] if len(run) == 1 else [first + second for first, second in pairwise(run)]
