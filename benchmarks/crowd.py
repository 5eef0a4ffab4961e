"""A store of many passages made from a small one: copies of its vectors, each moved a little at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pyserini_xqg.fusion.arithmetic import normalized
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.meta import prepare_store
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

_NOISE = 0.3
"""Length of the random step beside vectors of length 1: copies of a passage stay nearer to each other than to another
passage.
"""


def crowd(small: VectorStore, folder: Path, passages: int, languages: tuple[str, ...]) -> VectorStore:
    """The store with ``passages`` passages; made where it is not there yet. It has a size and a shape to measure times
    on, no meaning.
    """
    if not (folder / "store.json").is_file():
        meta = replace(small.meta, keep=Keep.LANGUAGES, ranks=0, passages=passages, shard_size=passages)
        prepare_store(folder, meta)
        shard = next(small.shards())
        chance = np.random.default_rng(0)
        rows = np.arange(passages) % small.meta.passages
        vectors = _moved(shard.passages()[rows], np.ones(passages), chance)
        counts = shard.counts(languages)[rows]
        sums = [np.sum(ranks, axis=0, dtype=np.float32) for ranks in shard.query_matrices(languages)]
        matrices = {
            f"sum.{code}": _moved(total[rows], counts[:, column], chance)
            for column, (code, total) in enumerate(zip(languages, sums, strict=True))
        }
        docids = [
            f"{docid}.{copy}"
            for copy, docid in zip(
                np.arange(passages) // small.meta.passages, np.array(shard.docids())[rows], strict=True
            )
        ]
        dtype = np.dtype(meta.dtype)
        stored = {stem: matrix.astype(dtype) for stem, matrix in matrices.items()}
        write_shard(folder, 0, ShardContents(docids, vectors.astype(dtype), counts, stored))
    return VectorStore(folder)


def _moved(vectors: np.ndarray, lengths: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    steps = normalized(chance.standard_normal(vectors.shape, dtype=np.float32))
    return vectors.astype(np.float32) + _NOISE * lengths[:, None].astype(np.float32) * steps
