"""The formats of dictionaries that there are. A new one is a file in ``formats/``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon import formats
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat

_FORMATS: dict[str, DictionaryFormat] = {}


def register(one: DictionaryFormat) -> None:
    """Make a format known to whatever reads dictionaries.

    :raises ValueError: another format has its name.
    """
    if one.name in _FORMATS:
        raise ValueError(f"the format {one.name!r} is there already; choose another name")
    _FORMATS[one.name] = one


def format_of(path: Path) -> DictionaryFormat:
    """The format of a file, by its name.

    :raises InputError: there is no such file, or it is of no format that is known.
    """
    if not path.exists():
        raise InputError(Location(path), "there is no such dictionary")
    if path.is_dir():
        raise InputError(Location(path), "is a folder; a dictionary is a file")
    found = _known(path)
    if found is None:
        raise InputError(Location(path), f"its name is that of no dictionary; there are {accepted()}")
    return found


def dictionary_files(place: Path) -> list[Path]:
    """The dictionary, or those that lie in a folder, by name; one of several files is named by its main one.

    :raises InputError: there is nothing, a file of no known format, or a folder without any dictionary.
    """
    if not place.is_dir():
        return [format_of(place).main_file(place)]
    known = ((path, _known(path)) for path in place.iterdir() if path.is_file() and not path.name.startswith("."))
    found = sorted({one.main_file(path) for path, one in known if one is not None})
    if not found:
        raise InputError(Location(place), f"holds no dictionary; those known are {accepted()}")
    return found


def accepted() -> str:
    """What a dictionary may be, in words."""
    *others, last = (one.words for _, one in sorted(_FORMATS.items()))
    return f"{'; '.join(others)}; or {last}"


def _known(path: Path) -> DictionaryFormat | None:
    return next((one for _, one in sorted(_FORMATS.items()) if one.knows(path)), None)


def _find_formats() -> None:
    for module in iter_modules(formats.__path__):
        one = getattr(import_module(f"{formats.__name__}.{module.name}"), "FORMAT", None)
        if not isinstance(one, DictionaryFormat):
            raise ValueError(f"{formats.__name__}.{module.name} states no format of dictionaries as FORMAT")
        register(one)


_find_formats()
