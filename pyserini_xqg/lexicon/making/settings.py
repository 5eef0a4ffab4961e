"""What can be chosen about a lexicon."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.lexicon.align.choices import Combination, Pruning
from pyserini_xqg.lexicon.align.segmenter import Segmenter

_USUAL = Pruning(least=0.02, most=8)


@dataclass(frozen=True, slots=True)
class LexiconSettings:
    """How tables are made.

    :param iterations: of expectation maximisation.
    :param seed: of the choice of held-out pairs.
    :param segmenter: of languages without spaces; None for ICU where it is installed, else bigrams.
    :param combination: of the two directions; None for the one that is best on held-out pairs.
    """

    pruning: Pruning = _USUAL
    iterations: int = 5
    seed: int = 0
    segmenter: Segmenter | None = None
    combination: Combination | None = None

    def __post_init__(self) -> None:
        if not 0 < self.pruning.least <= 1:
            raise UsageError(f"--least-probability is {self.pruning.least:g}; it must be above 0 and at most 1")
        if self.pruning.most < 1:
            raise UsageError(f"--most-translations is {self.pruning.most}; a word needs 1 at least")
        if self.iterations < 1:
            raise UsageError(f"--iterations is {self.iterations}; there must be 1 at least")
