"""What every training is told: how long, how fast, in what steps. Plain numbers; importing this is cheap."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.train.precision import TrainingPrecision


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How the weights are changed: AdamW without weight decay, gradients clipped to length one, a rate that falls
    linearly to nothing.

    :param steps: changes of the weights in all; None to go by ``epochs``.
    :param epochs: times that every example is seen; None to go by ``steps``.
    :param batch_size: examples that are worked on together.
    :param accumulate: batches whose gradients are added up for one step.
    :param warmup: steps in which the rate rises from nothing.
    :param threads: cores to use on the CPU; None for all. With another number the last bits of sums differ, and so do
        the weights.
    :param checkpoint_every: steps between checkpoints, each with a look at the held-out examples.
    :raises UsageError: a number that cannot be, or neither steps nor epochs, or both.
    """

    learning_rate: float
    batch_size: int
    accumulate: int
    checkpoint_every: int
    steps: int | None = None
    epochs: float | None = None
    warmup: int = 0
    seed: int = 0
    precision: TrainingPrecision = TrainingPrecision.AUTO
    threads: int | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.epochs is None):
            raise UsageError("give either --steps or --epochs")
        counts = (("--steps", self.steps), ("--batch-size", self.batch_size), ("--accumulate", self.accumulate))
        for flag, value in (*counts, ("--checkpoint-every", self.checkpoint_every), ("--threads", self.threads)):
            if value is not None and value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if self.epochs is not None and not self.epochs > 0:
            raise UsageError(f"--epochs is {self.epochs}; it must be above 0")
        if not 0 < self.learning_rate < float("inf"):
            raise UsageError(f"--learning-rate is {self.learning_rate}; it must be above 0, such as 1e-4")
        if self.warmup < 0:
            raise UsageError(f"--warmup is {self.warmup}; it must be at least 0")
        if not 0 <= self.seed < 2**32:
            raise UsageError(f"--seed is {self.seed}; it must be a whole number from 0 to {2**32 - 1}")

    def total_steps(self, examples: int) -> int:
        """The steps of the whole training on so many examples."""
        if self.steps is not None:
            return self.steps
        a_batch = self.batch_size * self.accumulate
        return max(1, round((self.epochs or 0) * -(-examples // a_batch)))

    def log_every(self) -> int:
        """Steps between two points of the training loss: a tenth of the way to the next checkpoint, where that comes
        out even.
        """
        return self.checkpoint_every // 10 if self.checkpoint_every % 10 == 0 else self.checkpoint_every
