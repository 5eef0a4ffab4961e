"""A word's dictionary form."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache, lru_cache

_KEPT = 100_000


@cache
def lemmatizer(code: str) -> Callable[[str], str] | None:
    """What finds the dictionary form of a word of this language; None where nothing does.

    Simplemma (Barbaresi), tables of forms in some fifty languages; the wheel is a part of the extra ``gloss``.
    """
    if importlib.util.find_spec("simplemma") is None:
        return None
    import simplemma
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    if code not in SUPPORTED_LANGUAGES:
        return None

    @lru_cache(_KEPT)
    def lemma(word: str) -> str:
        return simplemma.lemmatize(word, lang=code).casefold()

    return lemma
