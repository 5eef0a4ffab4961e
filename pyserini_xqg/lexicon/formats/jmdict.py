"""JMdict and JMnedict: Japanese words and names with translations into many languages, as XML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.articles.wording import pieces
from pyserini_xqg.lexicon.codes import canonical
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.xml_stream import elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HEADWORDS = ("k_ele/keb", "r_ele/reb")
_GLOSSES = ("sense/gloss", "trans/trans_det")


class JMdict(DictionaryFormat):
    """Headwords as written, then as read aloud; glosses of one of its languages."""

    name = "JMdict"
    words = "JMdict, JMdict_e or JMnedict (XML, plain or .gz)"

    def knows(self, path: Path) -> bool:
        """By its name, under which all distributors have it."""
        return path.name.lower().startswith(("jmdict", "jmnedict")) and path.suffix in ("", ".xml", ".gz")

    def languages(self, path: Path) -> tuple[str, str] | None:
        """With English, which every entry has; it is read for others, too."""
        return "ja", "en"

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the words, as written and as read aloud, that have a gloss in the language."""
        into = canonical(target) or target
        empty = True
        for entry in elements(path, "entry", entities=True):
            empty = False
            texts = [gloss.text or "" for place in _GLOSSES for gloss in entry.findall(place) if _code(gloss) == into]
            translations = by_rank(list(pieces(texts, into)))
            headwords = (word.text for place in _HEADWORDS for word in entry.findall(place))
            for headword in dict.fromkeys(headwords) if translations else ():
                if headword:
                    yield DictionaryEntry(headword, translations)
        if empty:
            raise InputError(Location(path), "holds no entry; it is no JMdict, or it is cut short")


def _code(gloss: Element) -> str | None:
    return canonical(gloss.get(_LANGUAGE, "eng"))


FORMAT = JMdict()
