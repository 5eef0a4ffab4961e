"""What a data set becomes on disk: corpus, topics, qrels, queries, answers, and ``dataset.json`` that tells where they
come from.
"""

from __future__ import annotations

import filecmp
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.source import Publication, PublishedFile
from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.files.text import read_json, write_json
from pyserini_xqg.files.whole import cannot_write, is_partial, partial_path, replacing_folder
from pyserini_xqg.input.qrels import Judgment
from pyserini_xqg.input.topics import Topic

MANIFEST = "dataset.json"
_LINE_BREAKING = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read. ``as_published`` is None where no published checksum is known."""

    file: str
    sha256: str
    as_published: bool | None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was changed or left out, or that scoring leaves out: what, why, and how many in each language (or
    part).
    """

    what: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """What ``dataset.json`` holds.

    :param options: the flags that shaped the output.
    :param counts: a file's path within the output -> its number of records.
    :param remarks: what was changed or is not scored; nothing else was.
    """

    name: str
    title: str
    version: str
    address: str
    licence: str
    sources: tuple[FileRead, ...]
    options: Mapping[str, Any]
    counts: Mapping[str, int]
    remarks: tuple[Remark, ...] = ()


def manifest(
    *,
    publication: Publication,
    files: Sequence[PublishedFile],
    options: Mapping[str, Any],
    counts: Mapping[str, int],
    remarks: Iterable[Remark],
) -> DatasetRecord:
    """A manifest with the publication's particulars and the checksums of the files; remarks without a count are left
    out.
    """
    sources = tuple(
        FileRead(
            file.name,
            file.sha256,
            file.sha256 == publication.sha256[file.name] if file.name in publication.sha256 else None,
        )
        for file in files
    )
    return DatasetRecord(
        publication.name,
        publication.title,
        publication.version,
        publication.address,
        publication.licence,
        sources,
        options,
        counts,
        _counted(remarks),
    )


def _counted(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    kept = (Remark(remark.what, {part: count for part, count in remark.counts.items() if count}) for remark in remarks)
    return tuple(remark for remark in kept if remark.counts)


def write_dataset(output: Path, build: Callable[[Path], DatasetRecord]) -> tuple[DatasetRecord, bool]:
    """Let ``build`` write a data set's files into a folder that becomes ``output``, whole or not at all.

    When ``output`` already holds exactly what ``build`` writes, it is left as it is.

    :returns: the manifest, and whether anything was written.
    :raises OutputError: ``output`` holds something else, or cannot be written.
    """
    if output.exists() and (not output.is_dir() or any(not is_partial(path) for path in output.iterdir())):
        _check_ours(output)
        return _checked_same(output, build), False
    with replacing_folder(output) as folder:
        return _built(folder, build), True


def _built(folder: Path, build: Callable[[Path], DatasetRecord]) -> DatasetRecord:
    found = build(folder)
    write_json(folder / MANIFEST, asdict(found))
    return found


def _check_ours(output: Path) -> None:
    try:
        is_ours = output.is_dir() and "sources" in read_json(output / MANIFEST)
    except (InputError, TypeError):
        is_ours = False
    if not is_ours:
        shown = sorted(path.name for path in output.iterdir())[0] if output.is_dir() else "a file"
        raise OutputError(f"{output} is not empty and holds no data set of ours (found {shown}); choose another folder")


def _checked_same(output: Path, build: Callable[[Path], DatasetRecord]) -> DatasetRecord:
    try:
        # Beside the output, since a corpus may be larger than the machine's folder for temporary files.
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=partial_path(output).name) as scratch:
            found = _built(Path(scratch), build)
            written = [path.relative_to(scratch) for path in sorted(Path(scratch).rglob("*")) if path.is_file()]
            different = [name for name in written if not _same(Path(scratch) / name, output / name)]
    except OSError as error:
        raise cannot_write(output, error) from error
    if different:
        raise OutputError(
            f"{output} holds another data set, or this one from other input or flags ({different[0]} differs); choose "
            "another folder or remove it"
        )
    return found


def _same(fresh: Path, there: Path) -> bool:
    return there.is_file() and filecmp.cmp(fresh, there, shallow=False)


def one_line(text: str) -> str:
    """The text as a TSV column can hold it: tabs and line ends become spaces, outer white space goes."""
    return _LINE_BREAKING.sub(" ", text).strip()


class WrittenFiles:
    """A data set's files, written into its folder and counted.

    :param counts: a file's path within the folder -> its number of records, in the order of writing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.counts: dict[str, int] = {}

    def topics(self, name: str, topics: Iterable[Topic]) -> None:
        """Write ``qid<TAB>text`` lines."""
        self._lines(name, (f"{topic.qid}\t{topic.text}" for topic in topics))

    def qrels(self, name: str, judgments: Iterable[Judgment]) -> None:
        """Write TREC qrels."""
        self._lines(name, (f"{line.qid} 0 {line.docid} {line.relevance}" for line in judgments))

    def pairs(self, name: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Write ``text<TAB>its translation`` lines."""
        self._lines(name, (f"{one_line(text)}\t{one_line(translation)}" for text, translation in pairs))

    def jsonl(self, name: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Write one JSON object a line."""
        self._lines(name, (json.dumps(record, ensure_ascii=False) for record in records))

    def _lines(self, name: str, lines: Iterable[str]) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        count = 0
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            for line in lines:
                stream.write(f"{line}\n")
                count += 1
        self.counts[name] = count
