"""Apertium's bilingual dictionaries, as their sources are: pairs of lemmas with their grammar as symbols."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.articles.wording import spelled
from pyserini_xqg.lexicon.codes import pair_in_name
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.xml_stream import elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_BACKWARDS_ONLY = "RL"


class Apertium(DictionaryFormat):
    """``<e><p><l>headword<s n="n"/></l><r>translation<s n="n"/></r></p></e>``; ``<i>`` is the same in both."""

    name = "Apertium"
    words = "Apertium's bilingual .dix"

    def knows(self, path: Path) -> bool:
        """By its suffix, packed or not, also of the files that Apertium preprocesses."""
        return path.name.endswith((".dix", ".dix.gz", ".metadix"))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """From its name, such as ``apertium-eng-spa.eng-spa.dix``."""
        return pair_in_name(path.name)

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the pairs that may be read from left to right; neighbours of one headword are one entry."""
        pair = self.languages(path) or (None, target)
        empty = True
        last, texts = "", list[str]()
        for entry in elements(path, "e"):
            empty = False
            if entry.get("r") == _BACKWARDS_ONLY or entry.find("re") is not None:
                continue
            sides = (spelled(_side(entry, name), language) for name, language in zip("lr", pair, strict=True))
            headword, translation = sides
            if not (headword and translation):
                continue
            if headword != last:
                if texts:
                    yield DictionaryEntry(last, by_rank(texts))
                last, texts = headword, []
            texts.append(translation)
        if texts:
            yield DictionaryEntry(last, by_rank(texts))
        if empty:
            raise InputError(Location(path), "holds no entry `<e>`; it is no dictionary of Apertium's")


def _side(entry: Element, name: str) -> str:
    """The lemma on one side, ``l`` or ``r``."""
    parts = []
    for child in entry:
        if child.tag == "i":
            parts.append(_lemma(child))
        elif child.tag == "p" and (side := child.find(name)) is not None:
            parts.append(_lemma(side))
    return "".join(parts)


def _lemma(element: Element) -> str:
    """Its letters; a blank ``<b/>`` is a space, symbols ``<s/>`` are grammar."""
    return (element.text or "") + "".join(
        (" " if child.tag in ("b", "j") else _lemma(child)) + (child.tail or "") for child in element
    )


FORMAT = Apertium()
