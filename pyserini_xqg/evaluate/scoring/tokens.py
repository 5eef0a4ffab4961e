"""NLTK's ``word_tokenize`` without its download.

``word_tokenize`` splits sentences with the English Punkt model and words with ``NLTKWordTokenizer``; R@kt counts the
tokens.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pyserini_xqg.input.punkt import punkt_splitter


def word_tokenize(text: str) -> list[str]:
    """The tokens that ``nltk.word_tokenize(text)`` gives; none of them holds white space."""
    words = _words()
    return [token for sentence in punkt_splitter("English").tokenize(text) for token in words.tokenize(sentence)]


@cache
def _words() -> Any:
    from nltk.tokenize.destructive import NLTKWordTokenizer

    return NLTKWordTokenizer()
