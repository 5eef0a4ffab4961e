"""TEI dictionaries: FreeDict's sources, which its dictd files are made from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.articles.wording import pieces, spelled
from pyserini_xqg.lexicon.codes import canonical, pair_in_name, pair_in_title
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, by_rank
from pyserini_xqg.lexicon.xml_stream import elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_TRANSLATIONS = frozenset({"trans", "translation", "translationEquivalent"})
_ASIDE = frozenset({"note", "usg", "gramGrp", "gen", "pos", "num", "pron", "lbl"})


class Tei(DictionaryFormat):
    """Entries with headwords in ``orth`` and translations in ``cit type="trans"``, or in ``tr`` of older files."""

    name = "TEI"
    words = "TEI (.tei, .tei.gz)"

    def knows(self, path: Path) -> bool:
        """By its suffix, packed or not."""
        return path.name.endswith((".tei", ".tei.xml", ".tei.gz"))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """From its name, such as ``eng-deu.tei``, or its title."""
        return pair_in_name(path.name) or _stated(path)

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the entries, each under all of its headwords."""
        pair = self.languages(path)
        source, into = pair[0] if pair else None, canonical(target) or target
        empty = True
        for entry in elements(path, "entry"):
            empty = False
            translations = by_rank(list(pieces(_translations(entry), into)))
            headwords = (spelled(_text(word), source) for form in entry.findall("form") for word in form.iter("orth"))
            for headword in dict.fromkeys(headwords) if translations else ():
                if headword:
                    yield DictionaryEntry(headword, translations)
        if empty:
            raise InputError(Location(path), "holds no entry; it is no TEI dictionary, or only its header is left")


def _translations(element: Element) -> Iterator[str]:
    """The translations below an element, in order; not those of examples and other headwords."""
    for child in element:
        if child.tag == "tr":
            yield _text(child)
        elif child.tag == "cit":
            if child.get("type") in _TRANSLATIONS:
                yield from (_text(part) for part in child if part.tag in ("quote", "orth"))
                yield from (_text(word) for form in child.findall("form") for word in form.iter("orth"))
        elif child.tag in ("sense", "hom", "trans", "entry"):
            yield from _translations(child)


def _text(element: Element) -> str:
    """All that an element says, without asides."""
    return (element.text or "") + "".join(
        ("" if child.tag in _ASIDE else _text(child)) + (child.tail or "") for child in element
    )


def _stated(path: Path) -> tuple[str, str] | None:
    """From the title in the header."""
    title = next(elements(path, "title", "entry"), None)
    return pair_in_title(_text(title)) if title is not None and title.tag == "title" else None


FORMAT = Tei()
