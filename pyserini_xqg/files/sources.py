"""The files that something was made from: where they lay, and their hashes, by which they are known again wherever they
lie.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus, generated queries, or an index whose vectors were taken.

    :param path: the file or folder, from the root.
    :param sha256: of the file; of a folder, the hash of the hashes of its JSONL files, or of an index's own files, a
        line each, in the order of their names.
    """

    path: str
    sha256: str

    @classmethod
    def of(cls, place: Path, hashes: Sequence[str]) -> Source:
        """What is remembered of ``place``, whose files have these hashes."""
        return cls(str(place.resolve()), combined(hashes) if place.is_dir() else hashes[0])


@dataclass(frozen=True, slots=True)
class Sources:
    """What a store or a BM25 index was made from.

    :param corpus: None where the passages came out of ``vectors``.
    :param queries: None where there were none.
    :param vectors: the index that the passages' vectors were taken from; None where they were encoded from a corpus.
    """

    corpus: Source | None
    queries: Source | None
    vectors: Source | None = None


def combined(hashes: Sequence[str]) -> str:
    """One hash over several, in their order."""
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def sources_of(raw: Any) -> Sources | None:
    """What :func:`dataclasses.asdict` made of sources, read from JSON; None of None.

    :raises TypeError: it is something else.
    :raises KeyError: a part is missing.
    """
    if raw is None:
        return None
    return Sources(_source_of(raw["corpus"]), _source_of(raw["queries"]), _source_of(raw.get("vectors")))


def _source_of(raw: Any) -> Source | None:
    return None if raw is None else Source(**raw)
