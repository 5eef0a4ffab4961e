"""The topics of a run: a folder of ``topics.LANG.tsv``, or one file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.input.topics import Topic, read_topics
from pyserini_xqg.languages import language

_NAME = re.compile(r"topics\.([A-Za-z-]+)\.tsv(?:\.gz)?")


@dataclass(frozen=True, slots=True)
class TopicsFile:
    """One language's topics.

    :param code: the canonical language code.
    """

    path: Path
    code: str

    @property
    def output_name(self) -> str:
        """The name of the file with the variants; it is never compressed."""
        return self.path.name.removesuffix(".gz")

    def topics(self) -> list[Topic]:
        """All of them, in their order.

        :raises InputError: with file and line, for a line of another shape, or where there is none.
        """
        found = list(read_topics(self.path))
        if not found:
            raise InputError(Location(self.path), "holds no topic; expected lines 'qid<TAB>text'")
        return found

    def sha256(self) -> str:
        """The hash of the file."""
        return sha256(self.path)


def topics_files(place: Path, languages: tuple[str, ...] | None, single: str | None = None) -> list[TopicsFile]:
    """The files to work on, in the order of their languages' codes.

    :param languages: only these; None for all that are there.
    :param single: the language of a single file whose name does not tell.
    :raises InputError: there is nothing there, or two files of one language.
    :raises UsageError: a language that is not there, or a single file whose language nobody tells.
    """
    if not place.exists():
        raise InputError(Location(place), "is not there; expected a folder of topics.LANG.tsv, or one topics file")
    if single is not None and place.is_dir():
        raise UsageError("--language names the language of a single file; choose among a folder's with --languages")
    found = _in_folder(place) if place.is_dir() else [TopicsFile(place, _language_of(place, single))]
    by_code = {file.code: file for file in found}
    missing = [code for code in languages or () if code not in by_code]
    if missing:
        raise UsageError(f"--languages {missing[0]}: {place} has topics in {', '.join(sorted(by_code))}")
    return [by_code[code] for code in sorted(languages or by_code)]


def _in_folder(place: Path) -> list[TopicsFile]:
    found: dict[str, TopicsFile] = {}
    for path in sorted(place.iterdir()):
        if _NAME.fullmatch(path.name):
            code = _language_of(path, None)
            if code in found:
                raise InputError(
                    Location(path), f"{found[code].path.name} holds topics in {code!r} already; remove one of them"
                )
            found[code] = TopicsFile(path, code)
    if not found:
        raise InputError(
            Location(place), "holds no topics.LANG.tsv, such as topics.ar.tsv; give one topics file and its --language"
        )
    return list(found.values())


def _language_of(path: Path, single: str | None) -> str:
    if single is not None:
        return language(single).code
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise UsageError(f"{path.name} does not tell its language as topics.ar.tsv would; name it with --language")
    try:
        return language(named[1]).code
    except UsageError as error:
        raise InputError(Location(path), f"{error}; rename the file, or give it alone with --language") from error
