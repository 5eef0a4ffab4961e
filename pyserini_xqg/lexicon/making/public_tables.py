"""Public tables of translation probabilities, pruned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.align.choices import Pruning
from pyserini_xqg.lexicon.formats.probabilities import FORMAT
from pyserini_xqg.lexicon.making.table_file import Row
from pyserini_xqg.lexicon.parallel.kind import Direction

_ABOVE_ONE = 1.001
"""What a sum of rounded numbers may not reach."""


def find_table(places: Sequence[Path], direction: Direction, *, alone: bool) -> Path | None:
    """The table of these languages, in this direction: the other direction's probabilities are none of words in the
    target language. None where there is none.

    :param places: files, and folders, of which only what lies directly inside counts.
    :param alone: whether no other language is asked for, so that a file whose name says no languages may be it.
    :raises InputError: there are several.
    """
    found = [
        path
        for place in places
        for path in (sorted(place.iterdir()) if place.is_dir() else [place])
        if FORMAT.knows(path) and _fits(FORMAT.languages(path), direction, unnamed=alone and not place.is_dir())
    ]
    if len(found) > 1:
        raise InputError(Location(found[1]), f"is a second table of {direction}, beside {found[0]}; name one of them")
    return found[0] if found else None


def table_rows(path: Path, direction: Direction, pruning: Pruning) -> Iterator[Row]:
    """The translations of a table that pruning leaves.

    :raises InputError: it is damaged, or its numbers are no probabilities.
    """
    for entry in FORMAT.read(path, direction.target):
        if entry.translations[0].weight > _ABOVE_ONE:
            raise InputError(
                Location(path), f"{entry.headword!r} has the weight {entry.translations[0].weight:g}, no probability"
            )
        for translation in entry.translations[: pruning.most]:
            if translation.weight >= pruning.least and not any(
                "\t" in x or "\n" in x for x in (entry.headword, translation.text)
            ):
                yield entry.headword, translation.text, translation.weight


def _fits(named: tuple[str, str] | None, direction: Direction, *, unnamed: bool) -> bool:
    return unnamed if named is None else named == (direction.source, direction.target)
