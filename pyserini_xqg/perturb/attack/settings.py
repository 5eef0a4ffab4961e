"""How hard an attack tries."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.perturb.operations import OperationKind


@dataclass(frozen=True, slots=True)
class AttackSettings:
    """How an attack searches, and what counts as success.

    :param kinds: the kinds of variants that it may choose from.
    :param steps: changes that may be laid one over another.
    :param beam: variants that are gone on with after each step; 1 is the greedy search.
    :param budget: texts that the encoder may be asked for, a query, the query itself included.
    :param cutoff: a query is broken when its passage stood among so many hits, and stands there no longer.
    :param min_similarity: the cosine with the original from which a variant whose words change is valid.
    :raises UsageError: a number that cannot be.
    """

    kinds: tuple[OperationKind, ...] = (OperationKind.MISSPELLING,)
    steps: int = 1
    beam: int = 1
    budget: int = 100
    cutoff: int = 10
    min_similarity: float = 0.9
    seed: int = 0

    def __post_init__(self) -> None:
        if self.budget < 2:
            raise UsageError(
                f"--budget is {self.budget}; an attack asks the encoder for the query and for one variant at least, "
                "so it must be at least 2"
            )
        for flag, value in (("--steps", self.steps), ("--beam", self.beam), ("--cutoff", self.cutoff)):
            if value < 1:
                raise UsageError(f"{flag} is {value}; it must be at least 1")
        if not self.kinds:
            raise UsageError("--attack-kinds is empty; name at least one kind of variants")
        if not -1 <= self.min_similarity <= 1:
            raise UsageError(f"--min-similarity is {self.min_similarity}; it is a cosine, between -1 and 1")
