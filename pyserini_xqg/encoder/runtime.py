"""What runs an exported graph on padded batches, and which engine that is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from pyserini_xqg.encoder.batching import Batch
from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL
from pyserini_xqg.encoder.precision import Precision, has_openvino
from pyserini_xqg.errors import EncoderError, SetupError


class Runtime(Protocol):
    """Turns padded batches into embeddings."""

    engine: str
    """The library that does it, as stores and tables name it."""

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given, with a bounded number of batches in flight."""


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_runtime(folder: Path, precision: Precision, threads: int, provider: str | None) -> Runtime:
    """Load the graph of an encoder folder.

    :param precision: resolved, not :attr:`Precision.AUTO`.
    :param threads: cores to use.
    :param provider: an ONNX Runtime execution provider such as ``CUDAExecutionProvider``; None for the CPU.
    :raises EncoderError: the graph cannot be loaded or the folder has none in this precision.
    :raises SetupError: OpenVINO or the execution provider is not there.
    """
    from pyserini_xqg.encoder.onnx_runtime import OnnxRuntime
    from pyserini_xqg.encoder.openvino_runtime import OpenVinoRuntime

    if precision is Precision.BF16 and provider is not None:
        raise SetupError("bf16 runs through OpenVINO on the CPU; leave out --provider, or use --precision fp32 with it")
    if precision is Precision.BF16 and not has_openvino():
        raise SetupError("--precision bf16 needs OpenVINO: pip install 'pyserini-xqg[openvino]', or use --precision fp32")
    if precision is Precision.BF16 or (precision is Precision.INT8 and provider is None and has_openvino()):
        return OpenVinoRuntime(folder / MODEL, precision, threads)
    model = folder / (INT8_MODEL if precision is Precision.INT8 else MODEL)
    if not model.is_file():
        raise EncoderError(
            f"{folder} has no {model.name}; install OpenVINO (pip install 'pyserini-xqg[openvino]'), export the encoder with --quantize int8, "
            "or use --precision fp32"
        )
    return OnnxRuntime(model, threads, provider)


def first_line(error: Exception) -> str:
    """The first line of an engine's message; the rest is its own stack."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
