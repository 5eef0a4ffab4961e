"""The mean question of each language of a question bank, in an encoder's space."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


class BankKind(StrEnum):
    """What a bank's texts are."""

    QUESTIONS = "questions"
    """Questions about anything, encoded as queries."""
    TEXT = "text"
    """Any text in the language, encoded as passages."""


@dataclass(frozen=True, slots=True)
class BankMeans:
    """What is left of a bank once it was encoded.

    :param name: ``embedded``, or the file.
    :param sha256: of its texts.
    :param fingerprint: of the encoder.
    :param means: language -> the mean of its texts' vectors, float32 ``[dimension]``.
    :param numbers: language -> how many texts those are.
    """

    name: str
    kind: BankKind
    sha256: str
    fingerprint: str
    means: dict[str, np.ndarray]
    numbers: dict[str, int]
