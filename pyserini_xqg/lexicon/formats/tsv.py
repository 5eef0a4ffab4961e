"""Word translations as TSV: ``source<TAB>target[<TAB>weight]``, a line each; what `lexicon` writes, and anyone can."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.lexicon.codes import pair_in_name
from pyserini_xqg.lexicon.dictionary_format import DictionaryFormat
from pyserini_xqg.lexicon.entry import DictionaryEntry, WordTranslation, by_rank


class Tsv(DictionaryFormat):
    """Lines of one headword follow each other; with a weight on each, these are kept, else the order weighs."""

    name = "TSV"
    words = ".tsv or .tsv.gz (source, TAB, target, and perhaps TAB and a weight)"

    def knows(self, path: Path) -> bool:
        """By its suffix, packed or not."""
        return path.name.endswith((".tsv", ".tsv.gz"))

    def languages(self, path: Path) -> tuple[str, str] | None:
        """From its name, such as ``en-de.tsv``."""
        return pair_in_name(path.name)

    def read(self, path: Path, target: str) -> Iterator[DictionaryEntry]:
        """Stream the headwords; lines of one that follow each other are one entry."""
        empty = True
        for headword, rows in groupby(_rows(path), key=lambda row: row[0]):
            empty = False
            listed = [(text, weight) for _, text, weight in rows]
            weights: dict[str, float] = {}
            for text, weight in listed:
                if weight is not None:
                    weights[text] = weights.get(text, 0.0) + weight
            if weights and all(weight is not None for _, weight in listed):
                yield DictionaryEntry(
                    headword, tuple(WordTranslation(text, weight) for text, weight in weights.items())
                )
            else:
                yield DictionaryEntry(headword, by_rank([text for text, _ in listed]))
        if empty:
            raise InputError(Location(path), "holds no translation; expected source, TAB, target on each line")


def _rows(path: Path) -> Iterator[tuple[str, str, float | None]]:
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        where = Location(path, number)
        headword, *others = (field.strip() for field in line.removeprefix("\ufeff").split("\t"))
        if not 1 <= len(others) <= 2 or not headword or not others[0]:
            raise InputError(where, "expected source, TAB, target, and perhaps TAB and a weight")
        weight = _weight(others[1], where) if len(others) == 2 else None
        if weight != 0:
            yield headword, others[0], weight


def _weight(text: str, where: Location) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    if not 0 <= weight < math.inf:
        raise InputError(where, f"the weight {text!r} is no number from 0 on; probabilities or counts are expected")
    return weight


FORMAT = Tsv()
