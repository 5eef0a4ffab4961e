"""Runs an exported graph on padded batches, with ONNX Runtime or OpenVINO.

Whole batches run side by side, one core each, where there are many of them; a single batch gets all the cores.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL
from pyserini_xqg.encoder.precision import Precision, has_openvino
from pyserini_xqg.errors import EncoderError, SetupError

Batch = tuple[np.ndarray, np.ndarray]
"""``input_ids`` and ``attention_mask``, both int64 ``[batch, tokens]``."""


class Runtime(Protocol):
    """Turns padded batches into embeddings."""

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
    model = folder / (INT8_MODEL if precision is Precision.INT8 else MODEL)
    if not model.is_file():
        raise EncoderError(f"{folder} has no {model.name}; export the encoder with --quantize int8, or use --precision fp32")
    if precision is Precision.BF16:
        if provider is not None:
            raise SetupError("bf16 runs through OpenVINO on the CPU; leave out --provider, or use --precision fp32 with it")
        return OpenVinoRuntime(model, threads)
    return OnnxRuntime(model, threads, provider)


class OnnxRuntime:
    """ONNX Runtime. One session with all threads for single batches and, on the CPU, one-threaded runs side by side for many."""

    def __init__(self, model: Path, threads: int, provider: str | None) -> None:
        import onnxruntime

        if provider is not None and provider not in onnxruntime.get_available_providers():
            raise SetupError(f"ONNX Runtime has no {provider} here; it has {', '.join(onnxruntime.get_available_providers())}")
        self._providers = [provider] if provider else ["CPUExecutionProvider"]
        self._model, self._threads = model, threads
        self._session = self._load(threads)
        self._inputs = {entry.name for entry in self._session.get_inputs()}

    def _load(self, threads: int) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self._model), options, providers=self._providers)
        except Exception as error:  # the library's exceptions have no common base
            raise EncoderError(f"{self._model} cannot be loaded ({_first_line(error)}); export the encoder again") from error

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""
        feed = dict(zip(("input_ids", "attention_mask"), batch, strict=True))
        if "token_type_ids" in self._inputs:
            feed["token_type_ids"] = np.zeros_like(batch[0])
        return self._session.run(["embedding"], feed)[0]

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given."""
        yield from map(self.run, batches)


class OpenVinoRuntime:
    """OpenVINO in bfloat16: one compiled graph with all threads for single batches, one with a stream a core for many."""

    def __init__(self, model: Path, threads: int) -> None:
        if not has_openvino():
            raise SetupError("--precision bf16 needs OpenVINO: pip install 'pyserini-xqg[openvino]', or use --precision fp32")
        import openvino

        self._core, self._threads = openvino.Core(), threads
        try:
            self._graph = self._core.read_model(str(model))
        except Exception as error:  # the library raises RuntimeError with a long trace
            raise EncoderError(f"{model} cannot be loaded ({_first_line(error)}); export the encoder again") from error
        self._needs_types = any("token_type_ids" in port.get_names() for port in self._graph.inputs)
        self._single: Any = None
        self._many: Any = None

    def _compile(self, streams: int) -> Any:
        settings = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": self._threads, "NUM_STREAMS": streams}
        return self._core.compile_model(self._graph, "CPU", settings)

    def _feed(self, batch: Batch) -> dict[str, np.ndarray]:
        feed = {"input_ids": batch[0], "attention_mask": batch[1]}
        if self._needs_types:
            feed["token_type_ids"] = np.zeros_like(batch[0])
        return feed

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""
        if self._single is None:
            self._single = self._compile(1).create_infer_request()
        self._single.infer(self._feed(batch), share_inputs=True)
        return self._single.get_output_tensor(0).data.copy()

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given, a stream a core and at most two batches waiting for each."""
        if self._many is None:
            compiled = self._compile(self._threads)
            self._many = [compiled.create_infer_request() for _ in range(self._threads)]
        idle = deque(self._many)

        def infer(batch: Batch) -> np.ndarray:
            request = idle.popleft()
            try:
                request.infer(self._feed(batch), share_inputs=True)
                return request.get_output_tensor(0).data.copy()
            finally:
                idle.append(request)

        with ThreadPoolExecutor(self._threads) as pool:
            flying: deque[Future[np.ndarray]] = deque()
            for batch in batches:
                flying.append(pool.submit(infer, batch))
                if len(flying) > 2 * self._threads:
                    yield flying.popleft().result()
            while flying:
                yield flying.popleft().result()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
