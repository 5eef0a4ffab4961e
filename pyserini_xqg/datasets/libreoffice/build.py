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
from pyserini_xqg.datasets.libreoffice.names import Half, HelpTopic
from pyserini_xqg.datasets.libreoffice.options import HelpCollection, HelpOptions, HelpUnit
from pyserini_xqg.datasets.libreoffice.packages import (
    ENGLISH,
    PLACE,
    PUBLICATION,
    HelpFiles,
    HelpFolders,
    find_folders,
    install_line,
)
from pyserini_xqg.datasets.libreoffice.parallel import english_blocks, parallel_name, parallel_pairs
from pyserini_xqg.datasets.libreoffice.queries import Pool, dev_titles, english_titles, index_entries
from pyserini_xqg.datasets.libreoffice.translation import Translation, read_translation
from pyserini_xqg.datasets.output import DatasetRecord, WrittenFiles, manifest
from pyserini_xqg.datasets.registry import Dataset, Installed, register
from pyserini_xqg.errors import UsageError
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic

ENGLISH_TITLES = "english-titles.jsonl"
INDEX_ENTRIES = "index-entries.jsonl"
DEV_TITLES = f"{Half.DEV}/queries.jsonl"


def build(place: Path, folder: Path, options: HelpOptions) -> DatasetRecord:
    """Write the passages, topics and judgments of both halves, three files of queries, and where the options ask for
    them sentence pairs into ``folder``.

    :param place: what the packages install, or a folder in which they are unpacked.
    :raises InputError: English or a language asked for is missing, or a file cannot be read.
    :raises UsageError: a language is unknown or named twice, or a collection in many languages has sections.
    """
    if options.collection is HelpCollection.MANY and options.unit is HelpUnit.SECTION:
        raise UsageError("--collection many goes with --unit page: sections are not the same in all languages")
    folders, left_out = find_folders(place, options.codes()), LeftOut()
    files = {code: HelpFiles(found) for code, found in folders.used.items()}
    english = read_english(files[ENGLISH], options.unit, left_out)
    translations = {
        code: read_translation(mine, english, options, left_out) for code, mine in files.items() if code != ENGLISH
    }
    topics = {code: translation.topics for code, translation in translations.items()}
    pool = _pool(english, translations, options.collection)
    written = WrittenFiles(folder)
    written.jsonl("corpus.jsonl", (passage.record() for versions in pool.values() for passage in versions))
    for code, some in topics.items():
        _write(written, code, some, english.halves, pool)
    written.jsonl(DEV_TITLES, dev_titles(english, topics).records(pool))
    written.jsonl(ENGLISH_TITLES, english_titles(english).records(pool))
    written.jsonl(INDEX_ENTRIES, index_entries(files.values(), english, topics, left_out).records(pool))
    if options.parallel:
        blocks = english_blocks(files[ENGLISH])
        for code in translations:
            written.pairs(parallel_name(code), parallel_pairs(files[code], blocks, left_out))
    _tell_of_both_halves(topics, english.halves, left_out)
    _tell_of_others(folders, left_out)
    return manifest(
        publication=replace(PUBLICATION, version=english.version or PUBLICATION.version),
        files=list(files.values()),
        options=asdict(replace(options, languages=tuple(topics))),
        counts=written.counts,
        remarks=left_out.remarks(),
    )


def _pool(english: English, translations: Mapping[str, Translation], collection: HelpCollection) -> Pool:
    if collection is HelpCollection.ENGLISH:
        return {passage.docid: [passage] for passage in english.passages}
    return {
        passage.docid: [
            replace(passage, docid=f"{ENGLISH}/{passage.docid}"),
            *(mine.pages[passage.docid] for mine in translations.values() if passage.docid in mine.pages),
        ]
        for passage in english.passages
    }


def _write(
    written: WrittenFiles, code: str, topics: Sequence[HelpTopic], halves: Mapping[str, Half], pool: Pool
) -> None:
    """Topics and qrels of both halves, where there are any."""
    for half in Half:
        mine = [topic for topic in topics if topic.half(halves) is half]
        if mine:
            written.topics(f"{half}/topics.{code}.tsv", (Topic(topic.qid, topic.text) for topic in mine))
            written.qrels(
                f"{half}/qrels.{code}.txt",
                (
                    Judgment(topic.qid, version.docid, 1)
                    for topic in mine
                    for docid in topic.relevant
                    for version in pool[docid]
                ),
            )


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
