"""The files of a published data set, out of a folder, a single file or an archive."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.text import numbered_lines

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, zlib.error, RuntimeError)


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a data set comes from. Nothing here downloads: people do, and check what they got.

    :param name: the data set's, as ``dataset NAME`` takes it.
    :param pattern: the names of its files, as a shell pattern.
    :param version: the version or commit that the checksums are of.
    :param sha256: file name -> checksum of the published file, for the files that were seen; none where nobody here has
        seen them.
    """

    name: str
    title: str
    address: str
    version: str
    licence: str
    pattern: str
    sha256: Mapping[str, str]

    def __str__(self) -> str:
        published = (
            f"{self.title} ({self.version}, {self.licence}) is published at {self.address}; nothing is downloaded."
        )
        checksums = "".join(f"\n  {digest}  {name}" for name, digest in self.sha256.items())
        return f"{published} SHA-256:{checksums}" if checksums else published


class PublishedFile(Protocol):
    """A file of a data set, by its name and checksum."""

    @property
    def name(self) -> str:
        """The file's name without folders."""

    @property
    def sha256(self) -> str:
        """The checksum of its bytes, as hexadecimal digits."""


@dataclass(frozen=True)
class LargeFile:
    """One file of a data set that is too large to hold: it is read line by line, plain or ``.gz``, and lies in no other
    archive.
    """

    where: Path

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return self.where.name

    @cached_property
    def sha256(self) -> str:
        """The checksum of its bytes, as hexadecimal digits; reads the whole file."""
        return sha256(self.where)

    def lines(self) -> Iterator[tuple[Location, str]]:
        """``(where, line)`` of every line.

        :raises InputError: the file cannot be read, is not UTF-8, or is cut short.
        """
        for number, line in numbered_lines(self.where):
            yield Location(self.where, number), line

    def json_lines(self) -> Iterator[tuple[Location, Any]]:
        """``(where, value)`` of every line.

        :raises InputError: it cannot be read, or a line is not JSON.
        """
        for where, line in self.lines():
            yield where, _parse(line, where, first_line=False)


@dataclass(frozen=True)
class SourceFile:
    """One file of a data set, read whole.

    :param where: its path; inside an archive, the archive's path and then the member's.
    """

    where: Path
    data: bytes

    @property
    def name(self) -> str:
        """The file's name without folders."""
        return self.where.name

    @cached_property
    def sha256(self) -> str:
        """The checksum of its bytes, as hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    def json(self) -> Any:
        """Its content as JSON.

        :raises InputError: it is not UTF-8 or not JSON.
        """
        return _parse(self._text(), Location(self.where), first_line=True)

    def json_lines(self) -> Iterator[tuple[Location, Any]]:
        """``(where, value)`` of every line.

        :raises InputError: it is not UTF-8, or a line is not JSON.
        """
        for number, line in enumerate(self._text().removesuffix("\n").split("\n"), 1):
            where = Location(self.where, number)
            yield where, _parse(line, where, first_line=False)

    def _text(self) -> str:
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise InputError(
                Location(self.where, line), "not UTF-8 text; the file is damaged, so fetch it again"
            ) from error


def _parse(text: str, where: Location, *, first_line: bool) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        found = Location(where.path, error.lineno) if first_line else where
        raise InputError(
            found,
            f"malformed JSON ({error.msg} at column {error.colno}); the file is damaged or cut short, so fetch it "
            "again",
        ) from error


def source_files(place: Path, publication: Publication) -> list[SourceFile]:
    """The data set's files at ``place``, by name: a folder (searched to the bottom, and when they are not there in the
    archives directly inside), one of the files whatever it is called, or a ``.zip`` or ``.tar.gz`` with them.

    :raises InputError: nothing is there (with the public address and checksums), the archive is damaged, or a file is
        there twice.
    """
    members = _members(place, publication)
    if not members and place.is_dir():
        members = [
            member
            for archive in sorted(place.iterdir())
            if _is_archive(archive)
            for member in _members(archive, publication)
        ]
    found = sorted(members, key=lambda file: file.name)
    if not found:
        raise InputError(Location(place), f"{_nothing(place)} named {publication.pattern}. {publication}")
    for first, second in pairwise(found):
        if first.name == second.name:
            raise InputError(
                Location(place), f"holds two files called {first.name}: {first.where} and {second.where}; keep one"
            )
    return found


def only(found: Sequence[LargeFile], place: Path) -> LargeFile | None:
    """The one file that was found at ``place``; None without one.

    :raises InputError: there are several.
    """
    if len(found) > 1:
        raise InputError(Location(place), f"holds {found[0].where} and {found[1].where}; keep one")
    return found[0] if found else None


def _is_archive(path: Path) -> bool:
    return path.is_file() and path.name.endswith((".zip", *_TAR_SUFFIXES))


def _nothing(place: Path) -> str:
    return "there is no such file or folder, and so no file" if not place.exists() else "holds no file"


def _members(place: Path, publication: Publication) -> list[SourceFile]:
    try:
        if place.is_dir():
            return [SourceFile(path, path.read_bytes()) for path in place.rglob(publication.pattern) if path.is_file()]
        if not place.is_file():
            return []
        if place.suffix == ".zip":
            return _zip_members(place, publication.pattern)
        if place.name.endswith(_TAR_SUFFIXES):
            return _tar_members(place, publication.pattern)
        return [SourceFile(place, place.read_bytes())]
    except _DAMAGED as error:
        raise InputError(
            Location(place), f"cannot be read ({error}); if it is damaged or cut short, fetch it again"
        ) from error


def _zip_members(place: Path, pattern: str) -> list[SourceFile]:
    with zipfile.ZipFile(place) as archive:
        return [
            SourceFile(place / name, archive.read(name))
            for name in archive.namelist()
            if fnmatch(PurePosixPath(name).name, pattern)
        ]


def _tar_members(place: Path, pattern: str) -> list[SourceFile]:
    found = []
    with tarfile.open(place) as archive:
        for member in archive:
            stream = (
                archive.extractfile(member)
                if member.isfile() and fnmatch(PurePosixPath(member.name).name, pattern)
                else None
            )
            if stream is not None:
                found.append(SourceFile(place / member.name, stream.read()))
    return found
