"""OpenVINO: the exported fp32 graph with its matrix products in bfloat16 or in 8 bits, on the CPU.

For 8 bits the weights become integers with a scale an output channel, and OpenVINO quantises activations as they come,
in groups of values with a scale each. Groups are what keeps retrieval as it is: ONNX Runtime's one scale a tensor costs
up to 2.3 points of R@1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from math import gcd
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from pyserini_xqg.encoder.batching import Batch
from pyserini_xqg.encoder.precision import Precision, openvino_hint
from pyserini_xqg.encoder.runtime import first_line
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.machine import cpu_flags, turn_off_telemetry

_ACTIVATION_GROUP = 384
"""At most so many activations share a scale, in 8 bits; smaller groups are slower and retrieve no better (32: 75.7,
384: 75.8 of R@1 on XQuAD).
"""


class OpenVinoRuntime:
    """Single batches get all threads; of many batches several run side by side, a thread each.

    :param precision: :attr:`Precision.BF16` or :attr:`Precision.INT8`.
    :raises EncoderError: the graph cannot be loaded.
    """

    engine = "openvino"

    def __init__(self, model: Path, precision: Precision, threads: int) -> None:
        turn_off_telemetry()
        import openvino

        self._core = openvino.Core()
        self._threads = threads
        self._precision = precision
        try:
            self._graph = self._core.read_model(str(model))
        except Exception as error:  # the library raises RuntimeError with a long trace
            raise EncoderError(f"{model} cannot be loaded ({first_line(error)}); export the encoder again") from error
        if precision is Precision.INT8:
            _compress_weights(self._graph)
        self._dimension = self._graph.output(0).get_partial_shape()[1].get_length()
        self._needs_types = any("token_type_ids" in port.get_names() for port in self._graph.inputs)
        self._single: Any = None
        self._many: Any = None
        # Threads may share an encoder; one request runs one batch at a time.
        self._lock = Lock()

    def _compile(self, streams: int) -> Any:
        settings: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": openvino_hint(self._precision, cpu_flags()),
            "INFERENCE_NUM_THREADS": self._threads,
            "NUM_STREAMS": streams,
        }
        # Pinned, every process of a machine would sit on the same first cores: two with a thread each took twice as
        # long as one.
        settings["ENABLE_CPU_PINNING"] = False
        if self._precision is Precision.INT8:
            # Groups must fill a row.
            settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = gcd(self._dimension, _ACTIVATION_GROUP)
        return self._core.compile_model(self._graph, "CPU", settings)

    def _feed(self, batch: Batch) -> dict[str, np.ndarray]:
        feed = {"input_ids": batch[0], "attention_mask": batch[1]}
        if self._needs_types:
            feed["token_type_ids"] = np.zeros_like(batch[0])
        return feed

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""
        with self._lock:
            if self._single is None:
                self._single = self._compile(1).create_infer_request()
            self._single.infer(self._feed(batch), share_inputs=True)
            return self._single.get_output_tensor(0).data.copy()

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given; at most two batches wait for each thread.

        Started and awaited from this one thread: OpenVINO's Python layer can lock up where two threads make their first
        call at once.
        """
        with self._lock:
            if self._many is None:
                self._many = self._compile(self._threads)
        idle = deque(self._many.create_infer_request() for _ in range(2 * self._threads))
        flying: deque[tuple[Any, dict[str, np.ndarray]]] = deque()
        try:
            for batch in batches:
                request, feed = idle.popleft(), self._feed(batch)
                request.start_async(feed, share_inputs=True)
                flying.append((request, feed))  # the feed must live as long as the request reads it
                if not idle:
                    yield self._finish(flying, idle)
            while flying:
                yield self._finish(flying, idle)
        finally:
            # Whoever stops early, by an error say, leaves requests that read feeds which are about to be freed: they
            # would look up any token at all.
            for request, _ in flying:
                request.wait()

    @staticmethod
    def _finish(flying: deque[tuple[Any, dict[str, np.ndarray]]], idle: deque[Any]) -> np.ndarray:
        request, _ = flying.popleft()
        request.wait()
        embeddings = request.get_output_tensor(0).data.copy()
        idle.append(request)
        return embeddings


def _compress_weights(graph: Any) -> None:
    """Replace the constant weight of every matrix product by 8-bit integers and a scale an output channel."""
    from openvino import opset13

    for node in graph.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        constant = node.input_value(1).get_node()
        if constant.get_type_name() != "Constant":
            continue
        weights = constant.data.astype(np.float32)
        inner = 1 if node.get_attributes()["transpose_b"] else 0
        scales = np.maximum(np.abs(weights).max(axis=inner, keepdims=True) / 127, np.finfo(np.float32).tiny).astype(
            np.float32
        )
        integers = np.clip(np.rint(weights / scales), -127, 127).astype(np.int8)
        widened = opset13.convert(opset13.constant(integers), "f32")
        node.input(1).replace_source_output(opset13.multiply(widened, opset13.constant(scales)).output(0))
