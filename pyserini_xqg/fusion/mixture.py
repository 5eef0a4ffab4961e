"""One vector of each passage, as a weighted sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


class MixtureChoice(Protocol):
    """What a fusion goes by beside the numbers of queries; a :class:`~pyserini_xqg.fusion.recipe.Recipe` says it."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The columns of the numbers: a language's questions (``ar``) or other texts (``ar.gloss``)."""

    @property
    def plain_view(self) -> bool:
        """Whether the plain passage is one more view."""

    def shrinkage(self, columns: int) -> np.ndarray:
        """Kappa of each column of the numbers: how many queries the expected one counts for, float64 ``[columns]``."""

    def column_weights(self, columns: int) -> np.ndarray:
        """What each column's mean text weighs beside the others of its language, float64 ``[columns]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """A vector that passages have in an index: ``(1 - alpha) * p + alpha * t``, where the passage ``p`` is drawn
    towards ``t = sum(c_i * s_i + k_i * m_i) / d``, a weighted sum of what the store holds of its queries and of those
    that are expected of it, or the store's mean passage.

    The score's shares, and the score at every alpha at once, follow from that alone.

    :param view: the language that the vector is called after, empty for the passage itself; None where a passage has
        this vector only.
    :param there: which passages have it, bool ``[passages]``.
    :param coefficients: ``c``, numbers ``[passages, languages]``; ``s_i`` is the sum of a language's queries (where
        the store keeps one total, there is one column). None for the plain passage, at every alpha.
    :param expected: ``k``, numbers ``[passages, languages]``; ``m_i`` is the query expected of the passage in a
        language (:class:`~pyserini_xqg.fusion.expected.prior.QueryPrior`). None where none has a part.
    :param towards_mean_passage: whether ``t`` is the mean of all passages, whatever else is said.
    :param divisors: ``d``, numbers ``[passages]``; 0 where there is nothing to be drawn towards, and ``t`` is ``p``.
    """

    view: str | None
    there: np.ndarray
    coefficients: np.ndarray | None
    expected: np.ndarray | None = None
    towards_mean_passage: bool = False
    divisors: np.ndarray
