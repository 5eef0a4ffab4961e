"""The English pages, which the other languages are held against."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyserini_xqg.datasets.libreoffice.left_out import LeftOut
from pyserini_xqg.datasets.libreoffice.names import Half, Named
from pyserini_xqg.datasets.libreoffice.options import HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import ENGLISH, HelpFiles
from pyserini_xqg.datasets.libreoffice.pages import IndexEntry, read_index, read_page
from pyserini_xqg.datasets.libreoffice.passages import LEAST, MOST, HelpPassage, named, passages_of

_VERSION = re.compile(r">LibreOffice (\d+\.\d+) Help<")


@dataclass(frozen=True, slots=True)
class English:
    """The English pages.

    :param version: of LibreOffice; empty where the pages do not tell.
    :param by_page: page -> its passages, in the order of the corpus.
    :param named: pages and sections by their English names.
    :param halves: docid -> half, in the order of the corpus.
    :param index: page -> its index entries.
    """

    version: str
    by_page: Mapping[str, list[HelpPassage]]
    named: list[Named]
    halves: Mapping[str, Half]
    index: Mapping[str, list[str]]
    _holding: Mapping[tuple[str, str], str] = field(repr=False)

    @property
    def passages(self) -> list[HelpPassage]:
        """The passages in the order of the corpus."""
        return [passage for some in self.by_page.values() for passage in some]

    def holding(self, entry: IndexEntry) -> str | None:
        """The passage that an index entry, in any language, is about; None where it was left out."""
        return self._holding.get((entry.path, "")) or self._holding.get((entry.path, entry.anchor))


def read_english(files: HelpFiles, unit: HelpUnit, left_out: LeftOut) -> English:
    """Read the pages and take the passages that have enough text.

    :raises InputError: a file cannot be read.
    """
    version, by_page = "", dict[str, list[HelpPassage]]()
    for path, markup in files.pages():
        version = version or "".join(_VERSION.findall(markup)[:1])
        for passage in passages_of(read_page(path, markup), unit):
            if not passage.title:
                left_out.add(f"{unit}s without a title: left out", ENGLISH)
            elif len(passage.text) < LEAST:
                left_out.add(f"{unit}s with fewer than {LEAST} characters of text: left out", ENGLISH)
            else:
                left_out.add(f"{unit}s longer than {MOST:,} characters: cut there", ENGLISH, passage.is_cut)
                by_page.setdefault(path, []).append(passage)
    passages = [passage for some in by_page.values() for passage in some]
    index: dict[str, list[str]] = {}
    for entry in read_index(files.index()):
        index.setdefault(entry.path, []).append(entry.text)
    return English(
        version,
        by_page,
        named(passages),
        {passage.docid: passage.half for passage in passages},
        index,
        {(passage.path, anchor): passage.docid for passage in passages for anchor in passage.anchors},
    )
