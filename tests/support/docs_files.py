"""What is made once for all pages, and how small files are written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PASSAGES, TOPICS = 12, 6
"""Of the embedded collection, in a page's folder; topics a language."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What is made once for all pages, and where the public data lie.

    :param data: XQuAD, AfriQA, LoCoMo and XOR-Retrieve.
    """

    folder: Path
    data: Path

    def link(self, name: str, place: Path) -> None:
        """Put a part into a page's folder."""
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(self.folder / name)


def head(path: Path, number: int) -> list[str]:
    """The first lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()[:number]


def texts(parts: Parts) -> list[str]:
    """The contents of the cut collection's passages, each on one line."""
    return [
        json.loads(line)["contents"].replace('"', "").replace("\n", " ")
        for line in head(parts.folder / "data" / "corpus.jsonl", PASSAGES)
    ]


def docids(parts: Parts) -> list[str]:
    """The docids of the cut collection."""
    return [json.loads(line)["id"] for line in head(parts.folder / "data" / "corpus.jsonl", PASSAGES)]


def write_lines(path: Path, records: Sequence[dict[str, object]]) -> None:
    """Write records as JSONL."""
    write_text(path, *(json.dumps(record, ensure_ascii=False) for record in records))


def write_text(path: Path, *lines: str) -> None:
    """Write lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
