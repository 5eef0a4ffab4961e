"""Which arithmetic a training runs in. The weights and the optimizer stay in float32; only products are mixed."""

from __future__ import annotations

from enum import StrEnum


class TrainingPrecision(StrEnum):
    """The arithmetic of a training."""

    AUTO = "auto"
    """bf16 where the GPU or the CPU computes in it, else fp32; never fp16, in which T5 models overflow."""
    FP32 = "fp32"
    BF16 = "bf16"
    """Products in bfloat16, which has the range of float32."""
    FP16 = "fp16"
    """Products in float16 with a scaled loss; GPUs only."""


def resolve(precision: TrainingPrecision) -> TrainingPrecision:
    """Replace :attr:`TrainingPrecision.AUTO` by what it means on this machine.

    :raises UsageError: fp16 without a GPU, or bf16 on a GPU that lacks it.
    """
    import torch

    from pyserini_xqg.encoder.precision import cpu_computes_bf16
    from pyserini_xqg.errors import UsageError

    on_gpu = torch.cuda.is_available()
    has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False) if on_gpu else cpu_computes_bf16()
    if precision is TrainingPrecision.AUTO:
        return TrainingPrecision.BF16 if has_bf16 else TrainingPrecision.FP32
    if precision is TrainingPrecision.FP16 and not on_gpu:
        raise UsageError("--precision fp16 needs a GPU, and there is none here; take bf16 or fp32")
    if precision is TrainingPrecision.BF16 and on_gpu and not has_bf16:
        raise UsageError(
            "--precision bf16: this GPU does not compute in it; take fp32, or fp16 for models that bear it (T5 and "
            "mT5 do not)"
        )
    return precision
