"""What is learned from and what is held out; a passage is never in both. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.train.generator.data.examples import TrainingExample


@dataclass(frozen=True, slots=True)
class DividedExamples:
    """Examples to learn from, and to judge by.

    :param shared: training examples that were left out because their passage is held out too.
    :param unused: held-out examples beyond the limit.
    """

    train: list[TrainingExample]
    held_out: list[TrainingExample]
    shared: int = 0
    unused: int = 0

    def languages(self) -> tuple[str, ...]:
        """The languages that are learned, in order."""
        return tuple(sorted({example.code for example in self.train}))

    def unjudged(self) -> tuple[str, ...]:
        """The languages that are learned without a held-out example."""
        return tuple(code for code in self.languages() if code not in self.counts(self.held_out))

    @staticmethod
    def counts(examples: Sequence[TrainingExample]) -> Counter[str]:
        """Language to number of examples."""
        return Counter(example.code for example in examples)


def by_share(examples: Sequence[TrainingExample], share: float, limit: int, seed: int) -> DividedExamples:
    """Hold out a share of the passages, whole ones.

    :raises UsageError: that leaves nothing on one side.
    """
    if not 0 < share < 1:
        raise UsageError(f"--dev-share is {share}; it is a share of the passages, above 0 and below 1")
    passages = _shuffled(examples, seed)
    number = max(1, round(share * len(passages)))
    if number >= len(passages):
        raise UsageError(
            f"the training files hold {len(passages)} different passages, too few to hold out any; give --dev with "
            "others"
        )
    chosen = set(passages[:number])
    held_out = [example for example in examples if example.passage in chosen]
    kept = _limited(held_out, limit, seed)
    return DividedExamples(
        [example for example in examples if example.passage not in chosen], kept, unused=len(held_out) - len(kept)
    )


def by_files(
    train: Sequence[TrainingExample], held_out: Sequence[TrainingExample], limit: int, seed: int
) -> DividedExamples:
    """Hold out what was given as such.

    :raises UsageError: nothing is left to learn from.
    """
    known = {example.passage for example in held_out}
    remaining = [example for example in train if example.passage not in known]
    if not remaining:
        raise UsageError(
            "every passage of --train is in --dev too, so nothing is left to learn from; divide them by passage"
        )
    kept = _limited(held_out, limit, seed)
    return DividedExamples(remaining, kept, shared=len(train) - len(remaining), unused=len(held_out) - len(kept))


def _limited(held_out: Sequence[TrainingExample], limit: int, seed: int) -> list[TrainingExample]:
    """Whole passages until there are enough examples, at least one."""
    sizes = Counter(example.passage for example in held_out)
    chosen: set[str] = set()
    total = 0
    for passage in _shuffled(held_out, seed):
        if total < limit:
            chosen.add(passage)
            total += sizes[passage]
    return [example for example in held_out if example.passage in chosen]


def _shuffled(examples: Sequence[TrainingExample], seed: int) -> list[str]:
    """The passages in an order that depends on the seed and on them alone."""
    return sorted(
        {example.passage for example in examples},
        key=lambda passage: hashlib.sha256(f"{seed}/{passage}".encode()).digest(),
    )
