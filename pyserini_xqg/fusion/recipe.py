"""How a store's vectors become an index: the fusion and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.registry import find_fusion


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a store's vectors become an index.

    :param fusion: its name in :data:`~pyserini_xqg.fusion.registry.FUSIONS`.
    :param alpha: weight of the queries, 0 to 1; 0 is the plain passage.
    :param normalize: whether each result is divided by its length.
    :param languages: the languages whose queries count, canonical codes.
    :param queries_per_language: only the first so many queries of each language; None for all.
    :param plain_view: with views, whether the plain passage is one more view.
    :raises UsageError: there is no such fusion, alpha is outside 0 to 1, or fewer than one query a language is asked
        for.
    """

    fusion: str = "mean"
    alpha: float = 0.3
    normalize: bool = True
    languages: tuple[str, ...] = ()
    queries_per_language: int | None = None
    plain_view: bool = False

    def __post_init__(self) -> None:
        find_fusion(self.fusion)
        if not 0.0 <= self.alpha <= 1.0:
            raise UsageError(
                f"alpha is {self.alpha}; it must lie between 0 (the passage alone) and 1 (its queries alone)"
            )
        if self.queries_per_language is not None and self.queries_per_language < 1:
            raise UsageError(f"--queries-per-language is {self.queries_per_language}; it must be at least 1")


PAPER = Recipe("sum", alpha=0.01, normalize=False)
"""The choices of the reference implementation's README."""
