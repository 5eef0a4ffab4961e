"""Where LibreOffice's help lies on disk, a folder a language, and the Debian packages that bring it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyserini_xqg.datasets.source import Publication
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.languages import LANGUAGES

PUBLICATION = Publication(
    name="libreoffice-help",
    title="LibreOffice's help, as in Debian's packages libreoffice-help-LANG",
    address="https://help.libreoffice.org",
    version="the packages' own version",
    licence="MPL 2.0",
    pattern="*.html",
    sha256={},
)
ENGLISH = "en"
PLACE = Path("/usr/share/libreoffice/help")
"""Where the packages install it."""
_INSIDE = PLACE.relative_to("/")
_SHAPES = ("*/text", f"{_INSIDE}/*/text", f"*/{_INSIDE}/*/text")
"""The installed folder; a package unpacked by ``dpkg -x``, or several into one root; a root a package."""
_WITH_COUNTRY = {"en-US": ENGLISH, "zh-CN": "zh"}
"""The only folders with a country in their names that are taken: of other languages, the plain one is."""
_CODES = (
    *("da", "de", "el", "en", "es", "fi", "fr", "hi", "hu", "id", "it"),
    *("ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "vi", "zh"),
)
"""The languages that Debian 12 has help in and the project's table has."""
_NAMES = {"en": "en-us", "zh": "zh-cn"}
"""Packages that are not called by the code."""


@dataclass(frozen=True, slots=True)
class HelpFolder:
    """The help in one language.

    :param name: the folder's, as LibreOffice calls the language: ``zh-CN``.
    :param code: the language's code here: ``zh``.
    """

    name: str
    code: str
    where: Path


@dataclass(slots=True)
class HelpFiles:
    """The files of one language, read one after another; a published file of which all pages are a part.

    :param where: the language's folder, which holds ``text`` and ``bookmarks.js``.
    """

    folder: HelpFolder
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def name(self) -> str:
        """The package's name."""
        return f"libreoffice-help-{self.folder.name.lower()}"

    @property
    def sha256(self) -> str:
        """The checksum of the names and bytes of all files read until now."""
        return self._digest.hexdigest()

    def pages(self) -> Iterator[tuple[str, str]]:
        """``(path, markup)`` of every page in the order of the paths, such as ``scalc/guide/format_value``.

        :raises InputError: a page cannot be read or is not UTF-8.
        """
        root = self.folder.where / "text"
        for path in sorted(root.rglob("*.html")):
            yield path.relative_to(root).with_suffix("").as_posix(), self._read(path)

    def index(self) -> str:
        """The script with the index entries; empty where there is none.

        :raises InputError: it cannot be read or is not UTF-8.
        """
        path = self.folder.where / "bookmarks.js"
        return self._read(path) if path.is_file() else ""

    def _read(self, path: Path) -> str:
        try:
            data = path.read_bytes()
            text = data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Location(path), f"cannot be read ({error}); install or unpack the package again"
            ) from error
        self._digest.update(b"%s\0%d\0" % (path.relative_to(self.folder.where).as_posix().encode(), len(data)) + data)
        return text


def install_line(codes: Iterable[str] = ()) -> str:
    """The command that installs English and these languages; all that there are without any.

    :raises UsageError: Debian has no help in one of them.
    """
    wanted = dict.fromkeys((ENGLISH, *(tuple(codes) or _CODES)))
    unknown = [code for code in wanted if code not in _CODES]
    if unknown:
        raise UsageError(
            f"--languages: Debian has no LibreOffice help in {', '.join(unknown)}; it has {', '.join(_CODES)}"
        )
    names = " ".join(f"libreoffice-help-{_NAMES.get(code, code)}" for code in wanted)
    return f"sudo apt install --no-install-recommends {names}"


@dataclass(frozen=True, slots=True)
class HelpFolders:
    """What a place holds.

    :param used: language code -> its folder, English first.
    :param varieties: folders that are not used, since the language is taken from another one: ``pt-BR``.
    :param unknown: those of languages that the project's table has not.
    """

    used: dict[str, HelpFolder]
    varieties: tuple[HelpFolder, ...]
    unknown: tuple[HelpFolder, ...]


def find_folders(place: Path, chosen: Sequence[str]) -> HelpFolders:
    """The languages at ``place``: what the packages install, one unpacked package, or a folder of unpacked ones.

    :param chosen: language codes; none for all that are there.
    :raises InputError: English or a language chosen is missing, none but English is there, or one is there twice.
    """
    found: dict[str, HelpFolder] = {}
    for where in (path.parent for shape in _SHAPES for path in sorted(place.glob(shape)) if path.is_dir()):
        if where.name in found:
            raise InputError(
                Location(place), f"holds {where.name} twice, {found[where.name].where} and {where}; keep one"
            )
        found[where.name] = HelpFolder(where.name, _WITH_COUNTRY.get(where.name, where.name), where)
    known = {folder.code: folder for folder in found.values() if folder.code in LANGUAGES}
    missing = [code for code in (ENGLISH, *chosen) if code not in known]
    if missing or len(known) == 1:
        raise InputError(Location(place), _missing(missing, bool(known)))
    used = {code: known[code] for code in (ENGLISH, *(chosen or sorted(known.keys() - {ENGLISH})))}
    others = [folder for name, folder in sorted(found.items()) if folder.code not in LANGUAGES]
    return HelpFolders(
        used,
        tuple(folder for folder in others if folder.name.split("-")[0] in LANGUAGES),
        tuple(folder for folder in others if folder.name.split("-")[0] not in LANGUAGES),
    )


def _missing(codes: Sequence[str], some: bool) -> str:
    """What to tell of languages that are missing; without any of them, English stands first."""
    unknown = [code for code in codes if code not in _CODES]
    if unknown:
        return f"holds no help in {', '.join(unknown)}, and Debian has none; it has {', '.join(_CODES)}"
    what = f"in {', '.join(codes)}" if some and codes else "in any language but English" if some else "of LibreOffice"
    line = install_line(codes if some else codes[1:])
    return (
        f"holds no help {what}; install it (`{line}`), or name with --input a folder in which the packages are "
        "unpacked (`dpkg -x`)"
    )
