"""Parallel text in small: sentences of made-up words, and their translations word by word in another order."""

from __future__ import annotations

import random
from collections.abc import Iterator

WORDS = {
    f"{first}{last}": f"{first[::-1]}{last}ou"
    for first in ("ba", "de", "fi", "go", "hu", "ja", "ki", "lo", "mu", "no", "pa", "re", "si", "to", "vu")
    for last in ("ban", "dor", "kel", "lim", "mus", "nat", "per", "sil")
}
"""Each word's one translation."""


def sentences(number: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Different pairs. ``the`` has no counterpart; ``oui`` stands at the end of every translation."""
    chance = random.Random(seed)
    for _ in range(number):
        words = chance.choices(list(WORDS), k=chance.randint(4, 8))
        translated = [WORDS[word] for word in words]
        chance.shuffle(translated)
        yield f"The {' '.join(words)}.", f"{' '.join(translated)} oui."
