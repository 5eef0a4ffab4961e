"""What an index is built from, each test's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True)
class World:
    """Where everything lies."""

    folder: Path
    encoder: Path

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus.jsonl"

    @property
    def queries(self) -> Path:
        return self.folder / "queries"

    @property
    def store(self) -> VectorStore:
        return VectorStore(self.folder / "store")
