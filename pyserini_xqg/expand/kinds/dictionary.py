"""Dictionaries: a passage word for word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pyserini_xqg.expand.kind import GeneratorKind, Precedence
from pyserini_xqg.expand.option import GeneratorOption
from pyserini_xqg.fusion.text_kind import TextKind

if TYPE_CHECKING:
    from pyserini_xqg.expand.generator import Generator
    from pyserini_xqg.expand.request import NamedGenerator

_NAME = "dictionary"
_NO_MODEL = "{name} looks words up, and has nothing to be asked or to choose among; leave that out"


class DictionaryKind(GeneratorKind):
    """See :class:`~pyserini_xqg.expand.dictionary.generator.DictionaryGenerator`."""

    name = _NAME
    takes = (_NAME,)
    precedence = Precedence.NAME
    writes = (TextKind.GLOSS,)
    options = frozenset({GeneratorOption.DICTIONARY})
    refusals: ClassVar[Mapping[GeneratorOption, str]] = {
        GeneratorOption.SAMPLING: _NO_MODEL,
        GeneratorOption.PROMPT: _NO_MODEL,
        GeneratorOption.TEMPLATE: _NO_MODEL,
        GeneratorOption.WINDOW: _NO_MODEL,
    }

    def knows(self, name: str) -> bool:
        """Its name."""
        return name == _NAME

    def open(self, named: NamedGenerator) -> Generator:
        """Find the dictionaries; words are read when they are needed."""
        from pyserini_xqg.expand.dictionary.chosen import dictionaries_for
        from pyserini_xqg.expand.dictionary.generator import DictionaryGenerator
        from pyserini_xqg.languages import language

        asked = named.request
        found = {code: dictionaries_for(asked.dictionaries, asked.source, code) for code in asked.languages}
        return DictionaryGenerator(language(asked.source), found)


KIND = DictionaryKind()
