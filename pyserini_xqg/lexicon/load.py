"""Dictionaries as one lexicon, put together once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.cache import cache_home
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.lexicon.lexicon import Lexicon, LexiconBuilder
from pyserini_xqg.lexicon.places import DictionaryFile
from pyserini_xqg.progress import progress

_FORMAT = 2
"""Raise it when the same dictionaries come to another lexicon: when a format is read in another way, too."""


def load_lexicon(files: Sequence[DictionaryFile], source: str) -> Lexicon:
    """The lexicon of some dictionaries, from the cache where it is there.

    :param files: all from ``source`` to one other language, or the other way round.
    :param source: the code of the headwords' language.
    :raises InputError: a dictionary is damaged, or they hold no word.
    """
    place = _place(files, source)
    if place.is_file():
        return _read(place)
    builder = LexiconBuilder(source)
    with progress("reading dictionaries", "dictionaries", len(files)) as bar:
        for one in files:
            # A list of names says nothing of words that a dictionary has: "turkey" is a bird as well.
            builder.add(one.format.read(one.path, one.target), backwards=one.backwards, only_new=one.names)
            bar.advance()
    if not builder:
        raise InputError(Location(files[0].path), f"holds no word that could be looked up in a text in {source}")
    place.parent.mkdir(parents=True, exist_ok=True)
    with replacing(place) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in builder.lines())
    return _read(place)


def _read(place: Path) -> Lexicon:
    with place.open(encoding="utf-8", newline="\n") as stream:
        return Lexicon(line.rstrip("\n") for line in stream)


def _place(files: Sequence[DictionaryFile], source: str) -> Path:
    """By where the dictionaries lie, and by size and time of all files of theirs."""
    made_of = [str(_FORMAT), source]
    for one in files:
        # What is known by its bare name, as the system's ICU, lies in no folder, and least of all in this one.
        made_of += [str(one.path.resolve() if one.path.exists() else one.path), str(one.backwards)]
        stem = one.path.name.split(".")[0]
        for path in sorted(one.path.parent.glob(f"{stem}.*")):
            made_of += [path.name, str(path.stat().st_size), str(path.stat().st_mtime_ns)]
    digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()
    return cache_home() / "lexicons" / f"{digest[:32]}.tsv"
