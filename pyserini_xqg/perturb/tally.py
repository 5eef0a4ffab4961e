"""What came of each language's topics, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pyserini_xqg.perturb.makers import Made
from pyserini_xqg.perturb.paraphrase.meaning import Judged
from pyserini_xqg.perturb.variant import VALID, MeaningVerdict


@dataclass(slots=True)
class PerturbTally:
    """The counts of one language.

    :param topics: how many there are.
    :param changed: topics whose text in the output is a variant.
    :param variants: variants that were made, over all topics.
    :param verdicts: variants by verdict.
    :param operations: variants by operation.
    :param untouched: topics without a variant, by reason.
    :param rejected: topics that keep their text since no variant of theirs is valid.
    :param next_best: topics whose first variant was not valid, but a later one.
    """

    topics: int = 0
    changed: int = 0
    variants: int = 0
    rejected: int = 0
    next_best: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    untouched: Counter[str] = field(default_factory=Counter)

    def add(self, made: Made, judged: Sequence[Judged], chosen: Judged | None) -> None:
        """Count one topic."""
        self.topics += 1
        self.variants += len(judged)
        self.verdicts.update(str(mine.verdict) for mine in judged)
        self.operations.update(str(mine.variant.operation) for mine in judged)
        if made.untouched is not None:
            self.untouched[str(made.untouched)] += 1
        elif chosen is None:
            self.rejected += 1
        else:
            self.changed += 1
            self.next_best += chosen is not judged[0]

    @property
    def coverage(self) -> float:
        """The share of topics that got a variant at all."""
        return (self.topics - sum(self.untouched.values())) / self.topics if self.topics else 0.0

    @property
    def kept_meaning(self) -> float | None:
        """The share of variants that kept their meaning; None where none was made or none was checked."""
        if not self.variants or self.verdicts[MeaningVerdict.UNCHECKED] == self.variants:
            return None
        return (
            sum(count for verdict, count in self.verdicts.items() if MeaningVerdict(verdict) in VALID) / self.variants
        )

    def record(self) -> dict[str, Any]:
        """As ``perturb.json`` holds it."""
        kept = self.kept_meaning
        return {
            "topics": self.topics,
            "changed": self.changed,
            "coverage": round(self.coverage, 4),
            "variants": self.variants,
            "kept meaning": None if kept is None else round(kept, 4),
            "verdicts": dict(sorted(self.verdicts.items())),
            "operations": dict(sorted(self.operations.items())),
            "untouched": dict(sorted(self.untouched.items())),
            "first variant not valid, a later one taken": self.next_best,
            "no valid variant, text left as it was": self.rejected,
        }
