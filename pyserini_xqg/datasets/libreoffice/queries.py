"""Queries of the passages that people wrote: titles, and entries of the help's index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyserini_xqg.datasets.libreoffice.english import English
from pyserini_xqg.datasets.libreoffice.left_out import LeftOut
from pyserini_xqg.datasets.libreoffice.names import Half, HelpTopic, Wording, wording
from pyserini_xqg.datasets.libreoffice.packages import ENGLISH, HelpFiles
from pyserini_xqg.datasets.libreoffice.pages import read_index
from pyserini_xqg.datasets.libreoffice.passages import HelpPassage

type Pool = Mapping[str, Sequence[HelpPassage]]
"""English docid -> the passage as the corpus holds it, in each of its languages."""


@dataclass(slots=True)
class HelpQueries:
    """Queries by English passage and language, each once."""

    _by_passage: dict[str, dict[str, dict[str, None]]] = field(default_factory=dict)

    def add(self, docid: str, code: str, text: str) -> None:
        """One more query of a passage."""
        self._by_passage.setdefault(docid, {}).setdefault(code, {})[text] = None

    def records(self, pool: Pool) -> Iterator[dict[str, Any]]:
        """The records of those of the passages that have queries, in the order of the corpus."""
        for docid, versions in pool.items():
            if docid in self._by_passage:
                by_language = {code: list(texts) for code, texts in self._by_passage[docid].items()}
                for version in versions:
                    yield {"id": version.docid, "queries": by_language}


def english_titles(english: English) -> HelpQueries:
    """The names that the passages themselves bear."""
    found = HelpQueries()
    for one in english.named:
        for docid in one.docids:
            found.add(docid, ENGLISH, one.english)
    return found


def dev_titles(english: English, topics: Mapping[str, Sequence[HelpTopic]]) -> HelpQueries:
    """The passages of the development half with their own names in other languages.

    :param topics: language code -> its topics.
    """
    found = HelpQueries()
    for code, some in topics.items():
        for topic in some:
            if topic.half(english.halves) is Half.DEV:
                for docid in topic.own:
                    found.add(docid, code, topic.text)
    return found


def index_entries(
    files: Iterable[HelpFiles], english: English, topics: Mapping[str, Sequence[HelpTopic]], left_out: LeftOut
) -> HelpQueries:
    """The index entries of all languages that lead to a passage. What is a topic, or the English title, of the passage
    that it leads to is left out: it would tell the answer.

    :param topics: language code -> its topics.
    :raises InputError: a file cannot be read.
    """
    found = HelpQueries()
    for mine in files:
        code = mine.folder.code
        told = {(docid, topic.text.casefold()) for topic in topics.get(code, ()) for docid in topic.relevant}
        if code == ENGLISH:
            told = {(docid, one.english.casefold()) for one in english.named for docid in one.docids}
        for entry in dict.fromkeys(read_index(mine.index())):
            docid = english.holding(entry)
            if docid is None:
                left_out.add("index entries that lead to no passage: left out", code)
            elif (docid, entry.text.casefold()) in told:
                left_out.add("index entries that are the title of what they lead to: left out", code)
            elif code != ENGLISH and not _is_translated(entry.text, english.index.get(entry.path, ())):
                left_out.add("index entries that are English, or names: left out", code)
            else:
                found.add(docid, code, entry.text)
    return found


def _is_translated(text: str, english: Iterable[str]) -> bool:
    return all(wording(text, other) is Wording.TRANSLATED for other in english)
