"""The pages in another language, held against the English ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyserini_xqg.datasets.libreoffice.english import English
from pyserini_xqg.datasets.libreoffice.left_out import LeftOut
from pyserini_xqg.datasets.libreoffice.names import HelpTopic, Wording, is_mostly_new, topics_of, wording
from pyserini_xqg.datasets.libreoffice.options import HelpCollection, HelpOptions, HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import HelpFiles
from pyserini_xqg.datasets.libreoffice.pages import read_page, title_of
from pyserini_xqg.datasets.libreoffice.passages import LEAST, MOST, HelpPassage, passages_of


@dataclass(frozen=True, slots=True)
class Translation:
    """What one language has.

    :param topics: the names that are really translated.
    :param pages: English docid -> the page in this language, of those that are translated, where the collection holds
        them.
    """

    topics: list[HelpTopic]
    pages: dict[str, HelpPassage]


def read_translation(files: HelpFiles, english: English, options: HelpOptions, left_out: LeftOut) -> Translation:
    """Read one language's pages, each once.

    :raises InputError: a file cannot be read.
    """
    names, pages = dict[str, str](), dict[str, HelpPassage]()
    for path, markup in files.pages():
        originals = english.by_page.get(path, [])
        if originals:
            names |= _names(path, markup, originals, options.unit)
        if originals and options.collection is HelpCollection.MANY:
            pages |= {one.docid: page for one, page in _translated(path, markup, originals, files, left_out)}
    return Translation(topics_of(english.named, _real(names, files, english, options.unit, left_out)), pages)


def _names(path: str, markup: str, originals: list[HelpPassage], unit: HelpUnit) -> dict[str, str]:
    """Page or section -> its name; of a section, that of the heading with the same id."""
    found = {path: title_of(markup)}
    if unit is HelpUnit.SECTION:
        headings = {section.heading_id: section.heading for section in reversed(read_page(path, markup).sections)}
        found |= {one.docid: headings.get(one.heading_id, "") for one in originals if one.heading_id}
    return found


def _real(
    names: dict[str, str], files: HelpFiles, english: English, unit: HelpUnit, left_out: LeftOut
) -> dict[str, str]:
    """The names that are really translated."""
    code, what = files.folder.code, "titles" if unit is HelpUnit.PAGE else "titles and headings"
    found: dict[str, str] = {}
    for one in english.named:
        text = names.get(one.ident, "")
        kind = wording(text, one.english)
        if not text:
            left_out.add(f"{what} that this language lacks: no topics", code)
        elif kind is Wording.TRANSLATED:
            found[one.ident] = text
        else:
            left_out.add(f"{what} {kind}: no topics", code)
    return found


def _translated(
    path: str, markup: str, originals: list[HelpPassage], files: HelpFiles, left_out: LeftOut
) -> Iterator[tuple[HelpPassage, HelpPassage]]:
    """The English page and its translation, when it is one."""
    code = files.folder.code
    for original, page in zip(originals, passages_of(read_page(path, markup), HelpUnit.PAGE), strict=True):
        is_real = wording(page.title, original.title) is Wording.TRANSLATED
        if not (is_real and len(page.text) >= LEAST and is_mostly_new(page.text, original.text)):
            left_out.add("pages whose title or most of whose text is English: not in the corpus", code)
            continue
        left_out.add(f"pages longer than {MOST:,} characters: cut there", code, page.is_cut)
        yield original, replace(page, docid=f"{code}/{page.docid}", language=code)
