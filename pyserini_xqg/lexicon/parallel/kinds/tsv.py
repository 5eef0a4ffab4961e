"""Sentence pairs as TSV, a pair a line; the name says which languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.files.text import numbered_lines
from pyserini_xqg.lexicon.codes import pair_in_name
from pyserini_xqg.lexicon.parallel.kind import Direction, ParallelKind, SentencePair


class PairsTsv(ParallelKind):
    """``sentence<TAB>translation``; of a file named ``x.de-en.tsv`` the first column is German."""

    name = "TSV"
    words = "….en-de.tsv or .tsv.gz (sentence, TAB, translation)"

    def files(self, path: Path, direction: Direction) -> tuple[Path, ...]:
        """The file, where its name says these languages."""
        named = pair_in_name(path.name) if path.name.endswith((".tsv", ".tsv.gz")) else None
        return (path,) if named and {*named} == {direction.source, direction.target} else ()

    def read(self, files: tuple[Path, ...], direction: Direction) -> Iterator[SentencePair]:
        """The columns, in the order that is asked for."""
        (path,) = files
        forward = pair_in_name(path.name) == (direction.source, direction.target)
        for number, line in numbered_lines(path):
            columns = line.split("\t")
            if len(columns) != 2:
                raise InputError(
                    Location(path, number), f"{len(columns)} columns; expected a sentence, TAB and its translation"
                )
            one, other = columns
            yield SentencePair(one, other) if forward else SentencePair(other, one)


KIND = PairsTsv()
