"""Where and how a model runs. Importing this is cheap: torch is loaded when it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pyserini_xqg.errors import SetupError, UsageError, first_line

if TYPE_CHECKING:
    import torch


class ModelPrecision(StrEnum):
    """The arithmetic of a model."""

    AUTO = "auto"
    """The fastest: for T5 models on the CPU int8 where CTranslate2 is installed; else bf16 where the device computes in
    it; else fp32.
    """
    FP32 = "fp32"
    BF16 = "bf16"
    INT8 = "int8"
    """T5 models on the CPU through CTranslate2."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """Where and how a model runs.

    :param device: a torch device such as ``cuda:1``; None for the first GPU, else the CPU.
    :param threads: cores to use on the CPU; None for all.
    :param token_budget: padded tokens of prompts in a batch.
    :raises UsageError: a number that cannot be.
    """

    precision: ModelPrecision = ModelPrecision.AUTO
    device: str | None = None
    threads: int | None = None
    token_budget: int = 2048

    def __post_init__(self) -> None:
        for flag, value in (("--threads", self.threads), ("--batch-tokens", self.token_budget)):
            if value is not None and value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")

    def place(self) -> torch.device:
        """The device.

        :raises SetupError: there is no such device here.
        """
        import torch

        name = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            device = torch.device(name)
            torch.empty(1, device=device)
        except Exception as error:  # torch raises by the backend
            raise SetupError(f"--device {name} cannot be used here ({first_line(error)})") from error
        return device

    def dtype(self) -> torch.dtype:
        """The numbers' type."""
        import torch

        from pyserini_xqg.encoder.precision import cpu_computes_bf16

        match self.precision:
            case ModelPrecision.FP32:
                return torch.float32
            case ModelPrecision.BF16:
                return torch.bfloat16
            case ModelPrecision.AUTO:
                return torch.bfloat16 if self.place().type == "cuda" or cpu_computes_bf16() else torch.float32
            case ModelPrecision.INT8:
                raise UsageError("--precision int8 is for sequence-to-sequence models of the T5 family on the CPU")

    def arithmetic(self) -> str:
        """Arithmetic and engine for people and for ``expand.json``."""
        import torch

        return f"{'bf16' if self.dtype() is torch.bfloat16 else 'fp32'}/torch-{self.place().type}"
