"""The frozen base model's embeddings: made once, kept in a file, memory-mapped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.files.whole import replacing
from pyserini_xqg.progress import progress


def base_vectors(encoder: Encoder, texts: Sequence[str], side: Side, folder: Path) -> np.ndarray:
    """Embed texts with the base model, or take what an earlier run embedded.

    The file's name is the hash of encoder, arithmetic and texts, so that what was made of others is never taken.

    :returns: float32 ``[len(texts), dimension]``, memory-mapped.
    :raises EncoderError: an embedding is not finite, or the encoder does not embed this side.
    :raises OutputError: ``folder`` cannot be written.
    """
    key = hashlib.sha256(
        json.dumps([encoder.config.fingerprint, encoder.arithmetic, side, list(texts)]).encode()
    ).hexdigest()
    place = folder / f"{side}-{key[:24]}.npy"
    if not place.is_file():
        with (
            replacing(place) as partial,
            progress(f"encoding with {encoder.config.source}", "texts", len(texts)) as bar,
        ):
            partial_map = np.lib.format.open_memmap(
                partial, mode="w+", dtype=np.float32, shape=(len(texts), encoder.dimension)
            )
            for positions, embeddings in encoder.encode_batches(texts, side):
                partial_map[positions] = embeddings
                bar.advance(len(positions))
            partial_map.flush()
            del partial_map
    vectors: np.ndarray = np.load(place, mmap_mode="r")
    return vectors
