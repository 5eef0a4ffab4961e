"""Words that are left alone, since a query lives by its other words: Lucene's lists, else the words that many of the
given queries share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pyserini_xqg.java.stop_words import LISTED, folded, listed_stop_words
from pyserini_xqg.perturb.edits.words import words_of

_SHARE = 0.05
_FEWEST = 50
"""Queries from which frequencies say something."""


def frequent_words(texts: Iterable[str]) -> frozenset[str]:
    """Words, and single ideographs, that at least one in twenty of the queries holds; none where there are too few
    queries to tell.
    """
    held = [_held(text) for text in texts]
    counts = Counter(word for words in held for word in words)
    return (
        frozenset(word for word, count in counts.items() if count >= _SHARE * len(held))
        if len(held) >= _FEWEST
        else frozenset()
    )


def _held(text: str) -> set[str]:
    return {held for word in words_of(text) for held in (word.text if word.script == "Hani" else [folded(word.text)])}


def stop_words(code: str, texts: Iterable[str] = ()) -> frozenset[str]:
    """The stop words of a language: Lucene's, else the frequent words of its queries.

    :param code: a canonical language code.
    :raises SetupError: Pyserini's jar is not there.
    """
    return listed_stop_words(code) if code in LISTED else frequent_words(texts)
