"""The passages: a page or a section each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyserini_xqg.datasets.libreoffice.names import Half, Named, half_of
from pyserini_xqg.datasets.libreoffice.options import HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import ENGLISH
from pyserini_xqg.datasets.libreoffice.pages import HelpPage

LEAST, MOST = 80, 1200
"""Characters: of the text of a passage that is worth finding, and of title and text together."""


@dataclass(frozen=True, slots=True)
class HelpPassage:
    """A page, or a section of one.

    :param heading_id: of the section; empty for a page.
    :param heading: of the section; the title for a page and for a section that has the page's own heading.
    :param text: as long as it is.
    :param anchors: where index entries point to; for a page, empty: wherever in it.
    """

    docid: str
    path: str
    title: str
    heading_id: str
    heading: str
    text: str
    anchors: tuple[str, ...]
    language: str = ENGLISH

    @property
    def half(self) -> Half:
        """The half that its page is in."""
        return half_of(self.title)

    @property
    def is_cut(self) -> bool:
        """Whether it is longer than what is kept of it."""
        return len(self.title) + 1 + len(self._whole) > MOST

    @property
    def _whole(self) -> str:
        return self.text if self.heading == self.title else f"{self.heading} {self.text}"

    def record(self) -> dict[str, str]:
        """The passage as Pyserini reads it."""
        return {
            "id": self.docid,
            "title": self.title,
            **({"heading": self.heading} if self.heading_id else {}),
            "text": self._whole[: MOST - len(self.title) - 1],
            "language": self.language,
        }


def passages_of(page: HelpPage, unit: HelpUnit) -> Iterator[HelpPassage]:
    """The passages of a page, those that are too short among them."""
    if unit is HelpUnit.PAGE:
        yield HelpPassage(page.path, page.path, page.title, "", page.title, page.text, ("",))
        return
    for section in page.sections:
        yield HelpPassage(
            f"{page.path}-{section.number}",
            page.path,
            page.title,
            section.heading_id,
            section.heading,
            section.text,
            section.anchors,
        )


def named(passages: Sequence[HelpPassage]) -> list[Named]:
    """What has a name: the pages, and after each the sections that have headings of their own."""
    by_page: dict[str, list[HelpPassage]] = {}
    for passage in passages:
        by_page.setdefault(passage.path, []).append(passage)
    found = []
    for path, some in by_page.items():
        found.append(Named(path, some[0].title, tuple(passage.docid for passage in some)))
        found += [Named(one.docid, one.heading, (one.docid,)) for one in some if one.heading_id]
    return found
