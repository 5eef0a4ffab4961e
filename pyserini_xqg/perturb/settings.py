"""What decides the variants of a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError
from pyserini_xqg.perturb.operations import OPERATIONS, TYPOS, Operation, OperationKind

MIN_SIMILARITY = 0.92
"""The default threshold for wordings in the query's own language: nine of ten other questions about the same passage
lie below it (docs/perturb.md).
"""
MIN_SIMILARITY_OF_FILES = 0.82
"""The default threshold for wordings out of a file, which may be in another language: nine of ten human translations
lie above it.
"""


class StopWords(StrEnum):
    """Which words are left alone."""

    AUTO = "auto"
    """Lucene's list, else the words that one in twenty of the topics holds."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PerturbSettings:
    """The settings of a run.

    :param operations: what to choose among; empty for the kind's own.
    :param variants: variants a query, at most.
    :param probability: the share of queries that are varied at all.
    :param edits: edits a misspelled word.
    :param words: misspelled words a query.
    :param min_similarity: cosine from which a variant counts as valid; None for the defaults, and then misspellings and
        other scripts, which keep the meaning by construction, are not judged.
    :raises UsageError: a number that cannot be, or an operation of another kind.
    """

    kind: OperationKind = OperationKind.MISSPELLING
    operations: tuple[Operation, ...] = ()
    seed: int = 0
    variants: int = 1
    probability: float = 1.0
    edits: int = 1
    words: int = 1
    stop_words: StopWords = StopWords.AUTO
    min_similarity: float | None = None

    def __post_init__(self) -> None:
        for flag, value in (("--variants", self.variants), ("--edits", self.edits), ("--words", self.words)):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if not 0 <= self.probability <= 1:
            raise UsageError(f"--probability is {self.probability}; it must lie between 0 and 1")
        if self.min_similarity is not None and not -1 <= self.min_similarity <= 1:
            raise UsageError(f"--min-similarity is {self.min_similarity}; it is a cosine, between -1 and 1")
        if self.kind is not OperationKind.MISSPELLING and (self.edits, self.words) != (1, 1):
            raise UsageError(f"--edits and --words go with --kind {OperationKind.MISSPELLING}")
        for operation in self.operations:
            if operation not in OPERATIONS[self.kind]:
                raise UsageError(f"--operations {operation}: --kind {self.kind} has {', '.join(OPERATIONS[self.kind])}")

    @property
    def chosen(self) -> tuple[Operation, ...]:
        """The operations to choose among."""
        return self.operations or (TYPOS if self.kind is OperationKind.MISSPELLING else OPERATIONS[self.kind])

    def threshold(self, operation: Operation) -> float:
        """The cosine from which a variant by this operation counts as valid."""
        if self.min_similarity is not None:
            return self.min_similarity
        return MIN_SIMILARITY_OF_FILES if operation is Operation.FILE else MIN_SIMILARITY
