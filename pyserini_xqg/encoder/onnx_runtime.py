"""ONNX Runtime: the exported graph as it is, or its int8 file, on the CPU or any execution provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pyserini_xqg.encoder.batching import Batch
from pyserini_xqg.encoder.runtime import first_line
from pyserini_xqg.errors import EncoderError, SetupError


class OnnxRuntime:
    """One session, all threads on each batch.

    :raises EncoderError: the graph cannot be loaded.
    :raises SetupError: the execution provider is not there.
    """

    engine = "onnxruntime"

    def __init__(self, model: Path, threads: int, provider: str | None) -> None:
        import onnxruntime

        if provider is not None and provider not in onnxruntime.get_available_providers():
            raise SetupError(f"ONNX Runtime has no {provider} here; it has {', '.join(onnxruntime.get_available_providers())}")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=[provider or "CPUExecutionProvider"])
        except Exception as error:  # the library's exceptions have no common base
            raise EncoderError(f"{model} cannot be loaded ({first_line(error)}); export the encoder again") from error
        self._needs_types = any(entry.name == "token_type_ids" for entry in self._session.get_inputs())

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""
        feed = dict(zip(("input_ids", "attention_mask"), batch, strict=True))
        if self._needs_types:
            feed["token_type_ids"] = np.zeros_like(batch[0])
        return self._session.run(["embedding"], feed)[0]

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given."""
        yield from map(self.run, batches)
