"""Which arithmetic an encoder runs in, and which one this machine should use when nobody says."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path


class Precision(StrEnum):
    """The arithmetic of an encoder."""

    AUTO = "auto"
    """The fastest that keeps retrieval as it is on this machine: bf16 where the CPU computes in it, else fp32."""
    FP32 = "fp32"
    """The exported graph as it is."""
    BF16 = "bf16"
    """The same graph with matrix products in bfloat16 (OpenVINO on the CPU); cosine with fp32 at least 0.9999 on
    XQuAD.
    """
    INT8 = "int8"
    """Weights and activations in 8 bits: through OpenVINO, with a scale for every few activations; without it from
    ``model.int8.onnx`` through ONNX Runtime, at up to 2.3 points of R@1 in a language."""


def resolve(precision: Precision) -> Precision:
    """Replace :attr:`Precision.AUTO` by what it means on this machine."""
    if precision is not Precision.AUTO:
        return precision
    return Precision.BF16 if has_openvino() and cpu_computes_bf16() else Precision.FP32


def has_openvino() -> bool:
    """Whether OpenVINO is installed."""
    return find_spec("openvino") is not None


@cache
def cpu_computes_bf16() -> bool:
    """Whether the CPU has bfloat16 matrix instructions (AVX512-BF16 or AMX); False where that cannot be told."""
    try:
        flags = next(
            line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("flags")
        ).split()
    except (OSError, StopIteration):
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
