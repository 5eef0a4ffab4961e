"""What can be chosen about tables of translations; light, since the command line shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Combination(StrEnum):
    """What a table is made of."""

    FORWARD = "forward"
    """The probabilities of target words, given source words."""
    MEAN = "mean"
    """The geometric means of both directions' probabilities, divided by their sum for a source word."""
    AGREED = "agreed"
    """The probabilities of target words among those that both directions link with the source word."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """Which translations of a word stay.

    :param least: the probability that they have at least.
    :param most: how many they are at most.
    """

    least: float
    most: int
