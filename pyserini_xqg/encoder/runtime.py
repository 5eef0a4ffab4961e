"""What an engine is: it runs an exported graph on padded batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np

from pyserini_xqg.encoder.batching import Batch


class Runtime(Protocol):
    """Turns padded batches into embeddings."""

    engine: str
    """The library that does it, as stores and tables name it."""

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given, with a bounded number of batches in flight."""


def first_line(error: Exception) -> str:
    """The first line of an engine's message; the rest is its own stack."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
