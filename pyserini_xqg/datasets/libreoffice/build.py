"""LibreOffice's help: English pages, and people's translations of their titles to find them by.

Volunteers translate the help page by page, and a page has the same file name in every language. So a title in another
language is a query that a person wrote and that the English page answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from pyserini_xqg.datasets.libreoffice.english import English, read_english
from pyserini_xqg.datasets.libreoffice.left_out import LeftOut
from pyserini_xqg.datasets.libreoffice.names import Half, HelpTopic, Wording, topics_of, wording
from pyserini_xqg.datasets.libreoffice.options import HelpOptions, HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import (
    ENGLISH,
    PLACE,
    PUBLICATION,
    HelpFiles,
    HelpFolders,
    find_folders,
    install_line,
)
from pyserini_xqg.datasets.libreoffice.pages import read_page, title_of
from pyserini_xqg.datasets.libreoffice.queries import dev_titles, english_titles, index_entries
from pyserini_xqg.datasets.output import DatasetRecord, WrittenFiles, manifest
from pyserini_xqg.datasets.registry import Dataset, Installed, register
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic

ENGLISH_TITLES = "english-titles.jsonl"
INDEX_ENTRIES = "index-entries.jsonl"
DEV_TITLES = f"{Half.DEV}/queries.jsonl"


def build(place: Path, folder: Path, options: HelpOptions) -> DatasetRecord:
    """Write the English passages, topics and judgments of both halves, and three files of queries into ``folder``.

    :param place: what the packages install, or a folder in which they are unpacked.
    :raises InputError: English or a language asked for is missing, or a file cannot be read.
    :raises UsageError: a language is unknown or named twice.
    """
    folders, left_out = find_folders(place, options.codes()), LeftOut()
    files = {code: HelpFiles(found) for code, found in folders.used.items()}
    english = read_english(files[ENGLISH], options.unit, left_out)
    topics = {code: _topics(mine, english, options.unit, left_out) for code, mine in files.items() if code != ENGLISH}
    written = WrittenFiles(folder)
    written.jsonl("corpus.jsonl", (passage.record() for passage in english.passages))
    for code, some in topics.items():
        _write(written, code, some, english.halves)
    written.jsonl(DEV_TITLES, dev_titles(english, topics).records(english.halves))
    written.jsonl(ENGLISH_TITLES, english_titles(english).records(english.halves))
    entries = index_entries(files.values(), english, topics, left_out)
    written.jsonl(INDEX_ENTRIES, entries.records(english.halves))
    _tell_of_both_halves(topics, english.halves, left_out)
    _tell_of_others(folders, left_out)
    return manifest(
        publication=replace(PUBLICATION, version=english.version or PUBLICATION.version),
        files=list(files.values()),
        options=asdict(replace(options, languages=tuple(topics))),
        counts=written.counts,
        remarks=left_out.remarks(),
    )


def _topics(files: HelpFiles, english: English, unit: HelpUnit, left_out: LeftOut) -> list[HelpTopic]:
    """The topics in one language: the names that are really translated."""
    code, what = files.folder.code, "titles" if unit is HelpUnit.PAGE else "titles and headings"
    theirs, translated = _names(files, english, unit), dict[str, str]()
    for one in english.named:
        text = theirs.get(one.ident, "")
        found = wording(text, one.english)
        if not text:
            left_out.add(f"{what} that this language lacks: no topics", code)
        elif found is Wording.TRANSLATED:
            translated[one.ident] = text
        else:
            left_out.add(f"{what} {found}: no topics", code)
    return topics_of(english.named, translated)


def _names(files: HelpFiles, english: English, unit: HelpUnit) -> dict[str, str]:
    """Page or section -> its name in one language."""
    found: dict[str, str] = {}
    for path, markup in files.pages():
        passages = english.by_page.get(path, [])
        if passages:
            found[path] = title_of(markup)
        if passages and unit is HelpUnit.SECTION:
            headings = {section.heading_id: section.heading for section in reversed(read_page(path, markup).sections)}
            found |= {one.docid: headings.get(one.heading_id, "") for one in passages if one.heading_id}
    return found


def _write(written: WrittenFiles, code: str, topics: Sequence[HelpTopic], halves: Mapping[str, Half]) -> None:
    """Topics and qrels of both halves, where there are any."""
    for half in Half:
        mine = [topic for topic in topics if topic.half(halves) is half]
        if mine:
            judgments = (Judgment(topic.qid, docid, 1) for topic in mine for docid in topic.relevant)
            written.topics(f"{half}/topics.{code}.tsv", (Topic(topic.qid, topic.text) for topic in mine))
            written.qrels(f"{half}/qrels.{code}.txt", judgments)


def _tell_of_both_halves(
    topics: Mapping[str, Sequence[HelpTopic]], halves: Mapping[str, Half], left_out: LeftOut
) -> None:
    for code, some in topics.items():
        in_both = sum(topic.half(halves) is None for topic in some)
        left_out.add("topics whose passages are in both halves: left out", code, in_both)


def _tell_of_others(folders: HelpFolders, left_out: LeftOut) -> None:
    for what, some in (
        ("pages of varieties of a language that is there: left out", folders.varieties),
        ("pages in languages that are not in this project's table: left out", folders.unknown),
    ):
        for other in some:
            left_out.add(what, other.name, sum(1 for _ in (other.where / "text").rglob("*.html")))


register(
    Dataset(
        PUBLICATION,
        HelpOptions,
        build,
        installed=Installed(PLACE, lambda options: install_line(options.codes())),
    )
)
