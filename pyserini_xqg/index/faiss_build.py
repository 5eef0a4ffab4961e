"""FAISS indexes that live in memory while they are built: HNSW graphs and whatever the factory makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import faiss
import numpy as np

from pyserini_xqg.errors import UsageError
from pyserini_xqg.store.blocks import Block

_TRAINING_VECTORS = 262_144
"""At most this many vectors are held to train quantisers; FAISS itself asks for 39 to 256 a centroid."""


def hnsw(dimension: int, m: int, ef_construction: int) -> faiss.Index:
    """An empty HNSW index for inner products."""
    index = faiss.IndexHNSWFlat(dimension, m, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = ef_construction
    return index


def from_factory(dimension: int, factory: str) -> faiss.Index:
    """An empty index as FAISS's factory makes it, for inner products.

    :raises UsageError: FAISS does not know the string.
    """
    try:
        return faiss.index_factory(dimension, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].split("Error: ")[-1]
        raise UsageError(
            f"FAISS cannot make an index of {factory!r} for {dimension} dimensions ({reason}); examples: SQ8, PQ48np, "
            "IVF1024,SQ8, HNSW32"
        ) from error


def train(index: faiss.Index, blocks: Callable[[], Iterator[Block]], vectors: int) -> None:
    """Train the index on an even sample of the vectors, where it needs training.

    :param blocks: gives all blocks anew at each call.
    :param vectors: how many there are in all.
    :raises UsageError: there are too few vectors for this index.
    """
    if index.is_trained:
        return
    step = max(1, -(-vectors // _TRAINING_VECTORS))
    sample: list[np.ndarray] = []
    offset = 0
    for block in blocks():
        sample.append(block.vectors[(-offset) % step :: step])
        offset += len(block.vectors)
    try:
        index.train(np.concatenate(sample))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1]
        raise UsageError(
            f"FAISS cannot train this index on {vectors:,} vectors ({reason}); choose a smaller one, such as SQ8"
        ) from error
