"""Vector stores of random numbers, where only how many there are and how long they are matters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from common import say

from pyserini_xqg.encode.encode_corpus import SHARD_SIZE
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.meta import StoreMeta, prepare_store, shard_folder
from pyserini_xqg.store.shard import ShardContents, write_shard
from pyserini_xqg.store.vector_store import VectorStore

_QUERIES = 5


def random_store(folder: Path, passages: int, dimension: int, dtype: str, languages: Sequence[str]) -> VectorStore:
    """Random vectors of length one with five queries a language; every shard holds the same ones, which saves minutes
    and costs nothing.
    """
    meta = _meta(passages, dimension, dtype, languages)
    prepare_store(folder, meta)
    chance = np.random.default_rng(0)
    rows = min(SHARD_SIZE, passages)
    vectors = [
        _unit(chance.standard_normal((rows, dimension), dtype=np.float32)).astype(dtype)
        for _ in range(1 + len(languages))
    ]
    for number in range(meta.shards):
        if shard_folder(folder, number).is_dir():
            continue
        first, last = number * SHARD_SIZE, min((number + 1) * SHARD_SIZE, passages)
        matrices = {f"sum.{code}": matrix[: last - first] for code, matrix in zip(languages, vectors[1:], strict=True)}
        _write(folder, number, first, vectors[0][: last - first], matrices)
        say(f"made shard {number + 1} of {meta.shards}, {dtype}")
    return VectorStore(folder)


def store_of(folder: Path, vectors: np.ndarray, language: str) -> VectorStore:
    """A store whose passages are ``vectors``, float32 ``[passages, dimension]``, and whose queries are zeros: for alpha
    0.
    """
    prepare_store(folder, _meta(*vectors.shape, "float32", (language,)))
    for number, first in enumerate(range(0, len(vectors), SHARD_SIZE)):
        if not shard_folder(folder, number).is_dir():
            part = vectors[first : first + SHARD_SIZE]
            _write(folder, number, first, part, {f"sum.{language}": np.zeros_like(part)})
    return VectorStore(folder)


def _meta(passages: int, dimension: int, dtype: str, languages: Sequence[str]) -> StoreMeta:
    return StoreMeta(
        "random",
        "random",
        "fp32",
        dimension,
        dtype,
        tuple(languages),
        Keep.LANGUAGES,
        0,
        passages,
        SHARD_SIZE,
        "random",
        "query",
    )


def _write(folder: Path, number: int, first: int, passages: np.ndarray, matrices: dict[str, np.ndarray]) -> None:
    docids = [f"d{first + row}" for row in range(len(passages))]
    write_shard(
        folder,
        number,
        ShardContents(docids, passages, np.full((len(passages), len(matrices)), _QUERIES, np.int32), matrices),
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
