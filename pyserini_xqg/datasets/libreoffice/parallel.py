"""Sentence pairs: the headings and paragraphs of the English pages beside their translations, by the ids that they
share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyserini_xqg.datasets.libreoffice.left_out import LeftOut
from pyserini_xqg.datasets.libreoffice.names import is_mostly_new
from pyserini_xqg.datasets.libreoffice.packages import ENGLISH, HelpFiles
from pyserini_xqg.datasets.libreoffice.pages import read_blocks

type Blocks = Mapping[str, Mapping[str, str]]
"""Page -> id of a heading or paragraph -> its text."""


def parallel_name(code: str) -> str:
    """The file of the pairs of English and this language, as `lexicon` knows it by its name."""
    return f"parallel.{ENGLISH}-{code}.tsv"


def english_blocks(files: HelpFiles) -> Blocks:
    """The headings and paragraphs of all English pages.

    :raises InputError: a page cannot be read.
    """
    return {path: read_blocks(markup) for path, markup in _again(files)}


def parallel_pairs(files: HelpFiles, english: Blocks, left_out: LeftOut) -> Iterator[tuple[str, str]]:
    """``(English, translation)`` of what is really translated, each pair once, in the order of the pages: many
    paragraphs stand on dozens of pages.

    :raises InputError: a page cannot be read.
    """
    code, seen = files.folder.code, set[tuple[str, str]]()
    for path, markup in _again(files):
        originals = english.get(path, {})
        for ident, text in read_blocks(markup).items():
            pair = (originals.get(ident, ""), text)
            if not all(pair):
                left_out.add("headings and paragraphs without an English one of the same id: no sentence pairs", code)
            elif not is_mostly_new(text, pair[0]):
                left_out.add("headings and paragraphs most of which is English, or names: no sentence pairs", code)
            elif pair not in seen:
                seen.add(pair)
                yield pair


def _again(files: HelpFiles) -> Iterator[tuple[str, str]]:
    # Read apart: the checksum of the files is of their first reading.
    return HelpFiles(files.folder).pages()
