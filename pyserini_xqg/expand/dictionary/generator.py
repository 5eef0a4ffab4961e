"""What glosses passages."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyserini_xqg.expand.generator import Answer, Unit
from pyserini_xqg.java.stop_words import listed_stop_words
from pyserini_xqg.languages import Language, language
from pyserini_xqg.lexicon import icu
from pyserini_xqg.lexicon.glosses.glosser import Glosser
from pyserini_xqg.lexicon.glosses.lemmas import lemmatizer
from pyserini_xqg.lexicon.glosses.transliteration import Transliterator
from pyserini_xqg.lexicon.load import load_lexicon
from pyserini_xqg.lexicon.places import DictionaryFile

_FORMAT = 1
"""Raise it when the same dictionaries come to another gloss."""
NAME = "dictionary"


@dataclass(slots=True)
class DictionaryGenerator:
    """Looks the words of passages up; see :class:`~pyserini_xqg.lexicon.glosses.glosser.Glosser`.

    :param source: the passages' language.
    :param dictionaries: of each language that will be asked for those that lead there.
    """

    source: Language
    dictionaries: Mapping[str, Sequence[DictionaryFile]]
    name: str = NAME
    _glossers: dict[str, Glosser] = field(default_factory=dict, repr=False)

    @property
    def fingerprint(self) -> str:
        """A hash of the dictionaries' words, and of what finds them."""
        lexicons = [f"{code} {self._glosser(code).lexicon.sha256}" for code in self.dictionaries]
        made_of = "\n".join((str(_FORMAT), self.source.code, self.arithmetic, *lexicons))
        return hashlib.sha256(made_of.encode()).hexdigest()

    @property
    def arithmetic(self) -> str:
        """What knows word forms and scripts here."""
        lemmas = "without lemmas"
        if lemmatizer(self.source.code) is not None:
            lemmas = f"simplemma {importlib.metadata.version('simplemma')}"
        return f"{lemmas}, {icu.version() or 'without ICU'}"

    def phrases(self, language: Language) -> Sequence[str]:
        """None: nothing is asked."""
        return ()

    def generate(self, unit: Unit) -> list[Answer]:
        """Gloss the unit's passages, each in as many readings as texts are wanted."""
        glosser = self._glosser(unit.language.code)
        return [Answer(glosser.gloss(text, unit.number).readings) for text in unit.texts]

    def _glosser(self, code: str) -> Glosser:
        if code not in self._glossers:
            own, script = self.source, language(code).script
            self._glossers[code] = Glosser(
                load_lexicon(self.dictionaries[code], own.code),
                lemma=lemmatizer(own.code),
                transliterate=Transliterator(script) if own.script == "Latn" != script else None,
                stop_words=listed_stop_words(own.code),
            )
        return self._glossers[code]
