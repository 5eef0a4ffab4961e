"""Tables of translation probabilities as JSON, in the shape of hltcoe/psq_translation_tables'."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.codes import pair_in_name
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, WordTranslation
from pyserini_xqg.lexicon.streams import not_utf8, opened

_SUFFIXES = (".json", ".json.gz", ".dict.gz")
_RECORD = "lexicon.json"
"""What `lexicon` leaves beside its tables, and no table itself."""
_BLOCK = 1 << 20
_LONGEST_ENTRY = 1 << 26
"""Characters. Where a value goes on for longer, the file is no table of words."""
_BLANKS = " \t\r\n"


class Probabilities(DictionaryFormat):
    """``{"source word": {"target word": 0.7, …}, …}``, read a word at a time however long its one line is."""

    name = "probabilities"
    words = '.json, .json.gz or .dict.gz ({"source": {"target": probability, …}, …})'

    def knows(self, path: Path) -> bool:
        """By its suffix."""
        return path.name.endswith(_SUFFIXES) and path.name != _RECORD

    def languages(self, path: Path) -> tuple[str, str] | None:
        """From its name, such as ``zho-eng.dict.gz``."""
        return pair_in_name(path.name)

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the words, the most probable translation first."""
        with opened(path) as stream:
            for headword, raw in _Members(path, stream):
                translations = _translations(path, headword, raw)
                if headword.strip() and translations:
                    yield DictionaryEntry(headword, translations)


def _translations(path: Path, headword: str, raw: Any) -> tuple[WordTranslation, ...]:
    if not isinstance(raw, dict):
        raise _another_shape(path, f"{headword!r} has {type(raw).__name__} where translations were expected")
    for text, weight in raw.items():
        if not isinstance(weight, int | float) or isinstance(weight, bool) or not 0 <= weight < math.inf:
            raise _another_shape(path, f"the probability of {text!r} for {headword!r} is {weight!r}")
    falling = sorted(raw.items(), key=lambda pair: -pair[1])
    return tuple(WordTranslation(text, float(weight)) for text, weight in falling if weight > 0 and text.strip())


class _Members:
    """The members of a JSON object, one after another, of which only a block is in memory."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        if self._next() != "{":
            raise _another_shape(self._path, "it does not begin with {")
        self._at += 1
        while (mark := self._next()) != "}":
            if mark != '"':
                raise self._malformed("a word in quotation marks was expected")
            headword = self._value()
            if self._next() != ":":
                raise self._malformed(f"no colon after {headword!r}")
            self._at += 1
            yield headword, self._value()
            if self._next() == ",":
                self._at += 1
                if self._next() == "}":
                    raise self._malformed("a comma before }")
            elif self._next() != "}":
                raise self._malformed(f"neither a comma nor }} after {headword!r}")
        self._at += 1
        if self._next():
            raise self._malformed("something follows the last }")

    def _next(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._text) - self._at > _LONGEST_ENTRY or not self._more():
                    raise self._malformed(getattr(error, "msg", str(error))) from error
                continue
            length = end - self._at
            if end == len(self._text) and self._more():  # a number may go on in the next block
                continue
            self._at += length
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        block = self._stream.read(max(_BLOCK, len(self._text) - self._at))
        self._ended = not block
        try:
            self._text = self._text[self._at :] + self._utf8.decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            raise not_utf8(self._path, error) from error
        self._at = 0
        return not self._ended

    def _malformed(self, problem: str) -> InputError:
        return InputError(
            Location(self._path), f"malformed JSON ({problem}); the table is damaged or cut short, so make it again"
        )


def _another_shape(path: Path, found: str) -> InputError:
    return InputError(
        Location(path), f'another shape than {{"source word": {{"target word": probability, …}}, …}}: {found}'
    )


FORMAT = Probabilities()
