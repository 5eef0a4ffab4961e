"""A table as it lies on disk: ``source<TAB>target<TAB>probability``, sorted by source, the likeliest target first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TableSize:
    """How large a table is.

    :param words: source words.
    :param translations: lines.
    """

    words: int
    translations: int


type Row = tuple[str, str, float]
"""Source word, target word and probability."""


def write_table(path: Path, rows: Iterable[Row]) -> TableSize:
    """Write the rows in their order on disk."""
    ordered = sorted(rows, key=lambda row: (row[0], -row[2], row[1]))
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{source}\t{target}\t{probability:.4g}\n" for source, target, probability in ordered)
    return TableSize(len({source for source, _, _ in ordered}), len(ordered))
