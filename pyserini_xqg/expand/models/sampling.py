"""How tokens are chosen: the settings, without what they are chosen by."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen. The paper's: top-k 10.

    :param top_k: the most probable tokens to choose among; 0 for all, 1 for the best one always.
    :param top_p: the smallest set of most probable tokens that hold this much probability; 1 for all.
    :param temperature: divides the logits.
    :param max_tokens: the longest query.
    :raises UsageError: a number that cannot be.
    """

    top_k: int = 10
    top_p: float = 1.0
    temperature: float = 1.0
    max_tokens: int = 64

    def __post_init__(self) -> None:
        if self.top_k < 0:
            raise UsageError(f"--top-k is {self.top_k}; it must be at least 1, or 0 for all tokens")
        if not 0 < self.top_p <= 1:
            raise UsageError(f"--top-p is {self.top_p}; it is a probability, above 0 and at most 1")
        if not self.temperature > 0:
            raise UsageError(
                f"--temperature is {self.temperature}; it must be above 0 (--top-k 1 always takes the best token)"
            )
        if self.max_tokens < 1:
            raise UsageError(f"--max-tokens-per-query is {self.max_tokens}; it must be at least 1")
