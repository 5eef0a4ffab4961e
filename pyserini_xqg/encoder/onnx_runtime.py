"""ONNX Runtime: the exported graph as it is, or its int8 file, on the CPU or any execution provider."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from pyserini_xqg.encoder.batching import Batch
from pyserini_xqg.encoder.runtime import first_line
from pyserini_xqg.errors import EncoderError, SetupError
from pyserini_xqg.machine import cpu_flags, turn_off_telemetry

_CPU = "CPUExecutionProvider"


class OnnxRuntime:
    """A single batch gets all threads. Of many batches several run side by side, a thread each: then embeddings are the
    same, bit by bit, whatever the number of threads. Spread over three threads or more, a batch's sums are added up in
    another order (up to 9e-8 off).

    :raises EncoderError: the graph cannot be loaded.
    :raises SetupError: the execution provider is not there.
    """

    engine = "onnxruntime"

    def __init__(self, model: Path, threads: int, provider: str | None) -> None:
        turn_off_telemetry()
        import onnxruntime

        if provider is not None and provider not in onnxruntime.get_available_providers():
            raise SetupError(
                f"ONNX Runtime has no {provider} here; it has {', '.join(onnxruntime.get_available_providers())}"
            )
        self._model = model
        self._threads = threads
        self._provider = provider or _CPU
        self._sessions: dict[int, Any] = {}
        self._lock = Lock()

    def run(self, batch: Batch) -> np.ndarray:
        """Embeddings of one batch, float32 ``[batch, dimension]``."""
        return _run(self._session(self._threads), batch)

    def run_all(self, batches: Iterable[Batch]) -> Iterator[np.ndarray]:
        """Embeddings of each batch, in the order given; at most one batch waits for each thread."""
        session = self._session(1)
        if self._provider != _CPU:  # another device does one batch after the other
            yield from (_run(session, batch) for batch in batches)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            flying: deque[Future[np.ndarray]] = deque()
            for batch in batches:
                flying.append(pool.submit(_run, session, batch))
                if len(flying) == 2 * self._threads:
                    yield flying.popleft().result()
            while flying:
                yield flying.popleft().result()

    def _session(self, threads: int) -> Any:
        """A session whose batches are spread over so many threads; made on first use, since few need both kinds."""
        import onnxruntime

        with self._lock:
            if threads not in self._sessions:
                options = session_options()
                options.intra_op_num_threads = threads
                try:
                    self._sessions[threads] = onnxruntime.InferenceSession(
                        str(self._model), options, providers=[self._provider]
                    )
                except Exception as error:  # the library's exceptions have no common base
                    raise EncoderError(
                        f"{self._model} cannot be loaded ({first_line(error)}); export the encoder again"
                    ) from error
            return self._sessions[threads]


def session_options() -> Any:
    """ONNX Runtime's options, as every session here begins with them: quiet, and right in 8 bits.

    Without VNNI, AVX2 adds products of 8-bit numbers up in 16 bits, which overflow where a weight has a sign: a tiny
    model's vectors then agree with the full ones to 0.93 instead of 0.99. The setting makes weights unsigned.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if not any("vnni" in flag for flag in cpu_flags()):
        options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def _run(session: Any, batch: Batch) -> np.ndarray:
    feed = dict(zip(("input_ids", "attention_mask"), batch, strict=True))
    if any(entry.name == "token_type_ids" for entry in session.get_inputs()):
        feed["token_type_ids"] = np.zeros_like(batch[0])
    embeddings: np.ndarray = session.run(["embedding"], feed)[0]
    return embeddings
