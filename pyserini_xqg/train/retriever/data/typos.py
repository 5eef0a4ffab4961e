"""Misspellings for training: new ones each time that a query is seen, the same whenever the training is run again."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pyserini_xqg.perturb.edits.misspell import TypoSettings, misspell

_ONE, _TWO = TypoSettings(), TypoSettings(words=2)


@dataclass(frozen=True, slots=True)
class Typos:
    """Misspells with a probability.

    :param probability: of a query's being misspelled.
    :param second_word: probability that two words of it are, instead of one.
    """

    probability: float
    second_word: float
    seed: int

    def __call__(self, text: str, code: str, *state: object) -> str:
        """The query, misspelled or by chance not; as it is where it cannot be misspelled.

        :param state: what the chance depends on, beside the seed: which query, seen for which time, which variant.
        """
        rng = random.Random("/".join(map(str, (self.seed, *state))))
        if rng.random() >= self.probability:
            return text
        found = misspell(text, code, rng, _TWO if rng.random() < self.second_word else _ONE)
        return found.text if found else text
