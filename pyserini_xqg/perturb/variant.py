"""A variant of a query, and whether it means the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.perturb.edits.misspell import Change
from pyserini_xqg.perturb.operations import KIND_OF, Operation, OperationKind


class MeaningVerdict(StrEnum):
    """Whether a variant kept the meaning of its original."""

    BY_CONSTRUCTION = "by construction"
    """It has the same words, spelled or written otherwise; no encoder was asked, since what it makes of them is what is
    to be measured.
    """
    KEPT = "kept"
    """The encoder finds it similar enough."""
    CHANGED = "changed"
    """The encoder does not."""
    UNCHECKED = "unchecked"
    """No encoder was asked."""


VALID = frozenset({MeaningVerdict.BY_CONSTRUCTION, MeaningVerdict.KEPT, MeaningVerdict.UNCHECKED})
"""Verdicts with which a variant may stand for its original."""
SAME_WORDS = frozenset({OperationKind.MISSPELLING, OperationKind.SCRIPT})
"""Kinds that keep the meaning by construction."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Another form of a query.

    :param operation: what was done to it; the first of several edits.
    :param changes: the words that were misspelled.
    :param source: where a paraphrase comes from: the file, the generator, the languages of a round trip.
    """

    text: str
    operation: Operation
    changes: tuple[Change, ...] = ()
    source: str = ""

    @property
    def kind(self) -> OperationKind:
        """What a report groups it by."""
        return KIND_OF[self.operation]
