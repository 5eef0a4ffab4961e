"""TMX, the translation memories' exchange format, of any number of languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.lexicon.codes import canonical
from pyserini_xqg.lexicon.parallel.kind import Direction, ParallelKind, SentencePair
from pyserini_xqg.lexicon.xml_stream import elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CODE = frozenset({"bpt", "ept", "ph", "it", "ut"})
"""Elements that hold the markup of the text's own format."""


class Tmx(ParallelKind):
    """Units (``tu``) whose variants (``tuv``) name their languages."""

    name = "TMX"
    words = ".tmx or .tmx.gz"

    def files(self, path: Path, direction: Direction) -> tuple[Path, ...]:
        """Any TMX: only its units say which languages it has."""
        return (path,) if path.name.endswith((".tmx", ".tmx.gz")) else ()

    def read(self, files: tuple[Path, ...], direction: Direction) -> Iterator[SentencePair]:
        """The units that have both languages; of several variants of one, the first."""
        for unit in elements(files[0], "tu"):
            variants: dict[str, str] = {}
            for variant in unit.iter("tuv"):
                segment = variant.find("seg")
                code = canonical(variant.get("lang") or variant.get(_XML_LANG) or "")
                if segment is not None and code is not None:
                    variants.setdefault(code, _text(segment))
            if direction.source in variants and direction.target in variants:
                yield SentencePair(variants[direction.source], variants[direction.target])


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _text(element: Element) -> str:
    """The text without the markup that it carries along."""
    inner = (("" if child.tag in _CODE else _text(child)) + (child.tail or "") for child in element)
    return (element.text or "") + "".join(inner)


KIND = Tmx()
