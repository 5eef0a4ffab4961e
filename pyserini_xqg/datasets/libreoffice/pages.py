"""A page of LibreOffice's help out of its HTML, and the index entries of a language out of ``bookmarks.js``.

The files are written by one program in one shape, so that patterns find their parts: every heading and paragraph has an
id that all languages share, and an index entry names the page and an anchor in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_PART = re.compile(
    r'<h[1-6] id="(?P<heading_id>[^"]*)"[^>]*>(?P<heading>.*?)</h[1-6]>'
    r'|<p id="par_id[\w.]+"[^>]*>(?P<text>.*?)</p>'
    r'|<a name="(?P<anchor>bm_id[^"]*)"',
    re.DOTALL,
)
_ANCHOR = re.compile(r'<a name="(bm_id[^"]*)"')
_BLOCK = re.compile(r'<(h[1-6]|p) id="(?P<id>(?:hd|par)_id[\w.]+)"[^>]*>(?P<text>.*?)</\1>', re.DOTALL)
_ENTRY = re.compile(
    r'\{url:"[^"]*?/text/(?P<path>[^"]*?)\.html[^"#]*#?(?P<anchor>[^"]*)", app:"[^"]*", '
    r'text:"(?P<text>(?:[^"\\]|\\.)*)"\}'
)
_LEVELS = re.compile(r"\s+--\s+")


@dataclass(frozen=True, slots=True)
class HelpSection:
    """What stands under one heading.

    :param number: from 0 within the page.
    :param heading_id: the same in all languages; empty for what stands before the first heading, whose heading is the
        page's title.
    :param anchors: where index entries point to.
    """

    number: int
    heading_id: str
    heading: str
    text: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page.

    :param path: inside the package, without its ending: ``scalc/guide/format_value``.
    """

    path: str
    title: str
    sections: tuple[HelpSection, ...]

    @property
    def text(self) -> str:
        """All paragraphs."""
        return " ".join(section.text for section in self.sections if section.text)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """An entry of the help's index, made by people: ``formatting, numbers with decimals``."""

    path: str
    anchor: str
    text: str


def title_of(markup: str) -> str:
    """The page's title; empty without one."""
    found = _TITLE.search(markup)
    return _plain(found[1]) if found else ""


def read_page(path: str, markup: str) -> HelpPage:
    """The page with its sections."""
    title = title_of(markup)
    return HelpPage(path, title, tuple(_sections(title, markup)))


def _sections(title: str, markup: str) -> Iterator[HelpSection]:
    number, heading_id, heading = 0, "", title
    texts, anchors, pending = list[str](), list[str](), list[str]()
    for part in _PART.finditer(markup):
        if part["heading"] is not None:
            if texts or anchors:
                yield HelpSection(number, heading_id, heading, " ".join(texts), tuple(anchors))
                number += 1
            heading_id, heading = part["heading_id"], _plain(part["heading"]) or title
            texts, anchors, pending = [], pending + _ANCHOR.findall(part[0]), []
        elif part["text"] is not None:
            texts += filter(None, [_plain(part["text"])])
            anchors += pending + _ANCHOR.findall(part[0])
            pending = []
        else:
            # An anchor stands before what it points to, which may be the next heading.
            pending.append(part["anchor"])
    yield HelpSection(number, heading_id, heading, " ".join(texts), tuple(anchors + pending))


def read_blocks(markup: str) -> dict[str, str]:
    """Id -> text of every heading and paragraph that has one; of an id that comes again, the first."""
    found: dict[str, str] = {}
    for block in _BLOCK.finditer(markup):
        found.setdefault(block["id"], _plain(block["text"]))
    return found


def read_index(script: str) -> Iterator[IndexEntry]:
    """The index entries of a language that are not empty. One is there for every program whose help shows it."""
    for found in _ENTRY.finditer(script):
        text = html.unescape(re.sub(r"\\(.)", r"\1", found["text"]))
        levels = [" ".join(level.split()) for level in _LEVELS.split(text)]
        if any(levels):
            yield IndexEntry(found["path"], found["anchor"], ", ".join(filter(None, levels)))


def _plain(markup: str) -> str:
    spaced = re.sub(r"<br\b[^>]*>", " ", markup)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", spaced)).split())
