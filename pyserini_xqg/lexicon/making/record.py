"""``lexicon.json``: what each table of a folder was made from, in which way, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.errors import OutputError
from pyserini_xqg.files.sources import Source
from pyserini_xqg.files.versioned import VersionedJson
from pyserini_xqg.lexicon.align.choices import Combination
from pyserini_xqg.lexicon.align.quality import Quality
from pyserini_xqg.lexicon.making.from_pairs import PairFigures
from pyserini_xqg.lexicon.making.table_file import TableSize

RECORD = "lexicon.json"
_FILE = VersionedJson(
    format=1,
    error=OutputError,
    renew="make the lexicon again in another folder",
    mend="make the lexicon again in another folder",
)


@dataclass(frozen=True, slots=True)
class TableRecord:
    """One table.

    :param settings: what decided it beside the sources, name -> value.
    :param sha256: of the table's file.
    :param figures: None of a table that was taken over.
    """

    sources: tuple[Source, ...]
    settings: Mapping[str, Any]
    sha256: str
    size: TableSize
    figures: PairFigures | None

    def is_of(self, sources: tuple[Source, ...], settings: Mapping[str, Any]) -> bool:
        """Whether it was made from files of these bytes, wherever they lie, and in this way."""
        hashes = [source.sha256 for source in self.sources]
        return hashes == [source.sha256 for source in sources] and self.settings == settings


def read_records(folder: Path) -> dict[str, TableRecord]:
    """Table's name -> its record; none where there is no ``lexicon.json``.

    :raises OutputError: it is damaged.
    """
    path = folder / RECORD
    return _FILE.read(path, _records) if path.exists() else {}


def write_records(folder: Path, records: Mapping[str, TableRecord]) -> None:
    """Write them, in the order of the names.

    :raises OutputError: the place cannot be written.
    """
    _FILE.write(folder / RECORD, {"tables": {name: asdict(one) for name, one in sorted(records.items())}})


def _records(content: Mapping[str, Any]) -> dict[str, TableRecord]:
    return {name: _record(raw) for name, raw in content["tables"].items()}


def _record(raw: Mapping[str, Any]) -> TableRecord:
    return TableRecord(
        tuple(Source(**source) for source in raw["sources"]),
        raw["settings"],
        raw["sha256"],
        TableSize(**raw["size"]),
        None if raw["figures"] is None else _figures(raw["figures"]),
    )


def _figures(raw: Mapping[str, Any]) -> PairFigures:
    quality = {name: Quality(**one) for name, one in raw["quality"].items()}
    return PairFigures(**{**raw, "combination": Combination(raw["combination"]), "quality": quality})
