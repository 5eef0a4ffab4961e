"""Which engine runs an encoder folder, by precision and by what is installed."""

from __future__ import annotations

from pathlib import Path

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL
from pyserini_xqg.encoder.onnx_runtime import OnnxRuntime
from pyserini_xqg.encoder.openvino_runtime import OpenVinoRuntime
from pyserini_xqg.encoder.precision import Precision, has_openvino
from pyserini_xqg.encoder.runtime import Runtime
from pyserini_xqg.errors import EncoderError, SetupError


def runs_int8_graph(precision: Precision, provider: str | None) -> bool:
    """Whether the folder must hold the int8 graph: on the CPU, OpenVINO makes 8 bits out of the full one.

    :param provider: an ONNX Runtime execution provider; None for the CPU.
    """
    return precision is Precision.INT8 and (provider is not None or not has_openvino())


def load_runtime(folder: Path, precision: Precision, threads: int, provider: str | None) -> Runtime:
    """Load the graph of an encoder folder.

    :param precision: resolved, not :attr:`Precision.AUTO`.
    :param threads: cores to use.
    :param provider: an ONNX Runtime execution provider such as ``CUDAExecutionProvider``; None for the CPU.
    :raises EncoderError: the graph cannot be loaded or the folder has none in this precision.
    :raises SetupError: OpenVINO or the execution provider is not there.
    """
    if precision is Precision.BF16 and provider is not None:
        raise SetupError("bf16 runs through OpenVINO on the CPU; leave out --provider, or use --precision fp32 with it")
    if precision is Precision.BF16 and not has_openvino():
        raise SetupError(
            "--precision bf16 needs OpenVINO: pip install 'pyserini-xqg[openvino]', or use --precision fp32"
        )
    if precision is Precision.BF16 or (precision is Precision.INT8 and not runs_int8_graph(precision, provider)):
        return OpenVinoRuntime(folder / MODEL, precision, threads)
    model = folder / (INT8_MODEL if precision is Precision.INT8 else MODEL)
    if not model.is_file():
        raise EncoderError(
            f"{folder} has no {model.name}; install OpenVINO (pip install 'pyserini-xqg[openvino]'), export the "
            "encoder with --quantize int8, or use --precision fp32"
        )
    return OnnxRuntime(model, threads, provider)
