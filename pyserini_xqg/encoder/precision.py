"""Which arithmetic an encoder runs in, and which one this machine should use when nobody says."""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum
from importlib.util import find_spec

from pyserini_xqg.machine import cpu_flags


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


def cpu_computes_bf16() -> bool:
    """Whether the CPU has bfloat16 matrix instructions (AVX512-BF16 or AMX); False where that cannot be told."""
    return not cpu_flags().isdisjoint({"avx512_bf16", "amx_bf16"})


def openvino_hint(precision: Precision, flags: Set[str]) -> str:
    """OpenVINO's ``INFERENCE_PRECISION_HINT``: what is computed in where the graph's own type need not be kept.

    In 8 bits that is what stands between the integer products. There bf16 is the faster, except on CPUs with AMX:
    compiled for more than one stream, OpenVINO 2026.4 gives other vectors there for every second hidden size (cosine
    -.12 to .73 for 312, that of TinyBERT; one stream or f32 are right), so f32 it is, for one stream too: queries and
    passages are embedded alike.

    :param precision: :attr:`Precision.BF16` or :attr:`Precision.INT8`.
    :param flags: the CPU's, from :func:`~pyserini_xqg.machine.cpu_flags`.
    """
    if precision is Precision.BF16:
        return "bf16"
    if not flags.isdisjoint({"amx_int8", "amx_bf16"}):
        return "f32"
    return "bf16" if "avx512_bf16" in flags else "f32"
