"""Texts to token ids with the encoder folder's own ``tokenizer.json``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from tokenizers import Tokenizer

from pyserini_xqg.encoder.folder import TOKENIZER, EncoderConfig, Side
from pyserini_xqg.errors import EncoderError

_SLAB = 8192
"""Texts tokenised at a time: the tokenizer's own records are some fifty times larger than the ids we keep."""
_PAD_TOKENS = ("<pad>", "[PAD]")


class TextTokenizer:
    """Prefixes, strips, tokenises and cuts texts of either side.

    :param folder: the encoder folder.
    :param config: its ``encoder.json``.
    :raises EncoderError: ``tokenizer.json`` cannot be read.
    """

    def __init__(self, folder: Path, config: EncoderConfig) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # the library raises bare Exception
            raise EncoderError(f"{folder / TOKENIZER} cannot be read ({error}); export the encoder again") from error
        self._tokenizer.no_padding()
        self._config = config
        # One tokenizer for both sides, since loading a large vocabulary takes a second; the lock guards its one length
        # limit.
        self._lock = Lock()
        ids = [self._tokenizer.token_to_id(token) for token in _PAD_TOKENS]
        self.pad_id: int = next((token_id for token_id in ids if token_id is not None), 0)

    def tokenize(self, texts: Sequence[str], side: Side) -> list[np.ndarray]:
        """Token ids of each text, int32, special tokens included; never empty."""
        prefix = self._config.prefix(side)
        ids: list[np.ndarray] = []
        for start in range(0, len(texts), _SLAB):
            slab = [f"{prefix}{text.strip()}" for text in texts[start : start + _SLAB]]
            with self._lock:
                self._tokenizer.enable_truncation(self._config.max_length(side))
                encodings = self._tokenizer.encode_batch_fast(slab)
            ids.extend(np.array(encoding.ids, dtype=np.int32) for encoding in encodings)
        return ids
