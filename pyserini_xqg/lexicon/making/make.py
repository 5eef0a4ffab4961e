"""The whole way: what lies somewhere becomes one table a language, and a record of how."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import InputError, Location, OutputError, UsageError
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.files.lock import building
from pyserini_xqg.files.makes import differences
from pyserini_xqg.files.sources import Source
from pyserini_xqg.files.whole import cannot_write, is_vacant, partial_path, remove_partials, replacing
from pyserini_xqg.lexicon.making.from_pairs import PairFigures, learn_table
from pyserini_xqg.lexicon.making.public_tables import find_table, table_rows
from pyserini_xqg.lexicon.making.reading import segmenters_of
from pyserini_xqg.lexicon.making.record import RECORD, TableRecord, read_records, write_records
from pyserini_xqg.lexicon.making.settings import LexiconSettings
from pyserini_xqg.lexicon.making.table_file import Row, write_table
from pyserini_xqg.lexicon.parallel.kind import Direction
from pyserini_xqg.lexicon.parallel.registry import ParallelText, accepted, find_parallel

_METHOD = 2
"""Counted up whenever the same input and settings give another table than before."""


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A table of the folder.

    :param fresh: whether it was made now; else it was there already, the very same.
    """

    path: Path
    record: TableRecord
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Input:
    """What a table is made from: either parallel text or a public table."""

    texts: list[ParallelText]
    table: Path | None

    @property
    def files(self) -> list[Path]:
        return [self.table] if self.table else [file for text in self.texts for file in text.files]


def make_lexicon(
    *, places: Sequence[Path], source: str, targets: Sequence[str], output: Path, settings: LexiconSettings
) -> list[MadeTable]:
    """Make a table ``SOURCE-TARGET.tsv`` for each target language; a killed run goes on with the table that it was at.

    :param places: parallel text and public tables: files, or folders.
    :param output: a folder; one of ours takes more tables.
    :raises InputError: a language has no input, or it is damaged, or too little.
    :raises OutputError: the folder holds something else, or a table made in another way.
    :raises UsageError: source and target are one language, or a language has both kinds of input.
    """
    directions = [Direction(source, target) for target in targets]
    inputs = {direction: _input(places, direction, alone=len(targets) == 1) for direction in directions}
    if not (is_vacant(output) or (output / RECORD).is_file()):
        raise OutputError(f"{output} holds something else than a lexicon; choose another --output")
    with building(output):
        output.mkdir(parents=True, exist_ok=True)
        remove_partials(output)
        return [_table(output, direction, found, settings) for direction, found in inputs.items()]


def _input(places: Sequence[Path], direction: Direction, *, alone: bool) -> _Input:
    if direction.source == direction.target:
        raise UsageError(f"--languages names {direction.target}, which is the --source-language")
    found = _Input(find_parallel(places, direction), find_table(places, direction, alone=alone))
    if found.texts and found.table:
        raise UsageError(
            f"--input holds a table of {direction}, {found.table}, and parallel text, {found.texts[0].files[0]}; name "
            "one of them"
        )
    if not found.files:
        raise InputError(
            Location(places[0]),
            f"no parallel text and no table of {direction} is here or in what else was named; expected {accepted()}; "
            "or a table ….en-de.json or .json.gz",
        )
    return found


def _table(output: Path, direction: Direction, found: _Input, settings: LexiconSettings) -> MadeTable:
    path, records = output / f"{direction}.tsv", read_records(output)
    sources = tuple(Source.of(file, [sha256(file)]) for file in found.files)
    asked = _asked(direction, found, settings)
    there = records.get(path.name)
    if there is not None:
        if not there.is_of(sources, asked):
            raise OutputError(
                f"{path} was made from other input or in another way "
                f"({differences(there.settings, asked) or 'the files differ'}); choose another --output, or remove it"
            )
        if path.is_file() and sha256(path) == there.sha256:
            return MadeTable(path, there, fresh=False)
    elif path.exists():
        raise OutputError(f"{path} is there, and {RECORD} does not tell of it; choose another --output, or remove it")
    rows, figures = _made(output, direction, found, settings)
    with replacing(path) as partial:
        size = write_table(partial, rows)
        record = TableRecord(sources, asked, sha256(partial), size, figures)
        # Before the table: of a table without a record nobody could say whose it is.
        write_records(output, records | {path.name: record})
    return MadeTable(path, record, fresh=True)


def _asked(direction: Direction, found: _Input, settings: LexiconSettings) -> Mapping[str, Any]:
    """What decides a table beside its input."""
    asked: dict[str, Any] = {"method": _METHOD, **asdict(settings.pruning)}
    if found.table is None:
        segmenters = segmenters_of(direction, settings.segmenter)
        combination = settings.combination and str(settings.combination)
        asked |= {"iterations": settings.iterations, "seed": settings.seed, "combination": combination}
        asked |= {"segmenters": {code: str(one) for code, one in segmenters.items()}}
    return asked


def _made(
    output: Path, direction: Direction, found: _Input, settings: LexiconSettings
) -> tuple[list[Row], PairFigures | None]:
    if found.table is not None:
        return list(table_rows(found.table, direction, settings.pruning)), None
    try:
        with tempfile.TemporaryDirectory(dir=output, prefix=partial_path(output / str(direction)).name) as scratch:
            learned = learn_table(found.texts, direction, settings, Path(scratch))
    except OSError as error:
        raise cannot_write(output, error) from error
    return learned.rows, learned.figures
