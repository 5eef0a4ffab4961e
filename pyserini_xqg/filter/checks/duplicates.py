"""The same question twice among a passage's queries of one language, in the same words or nearly so.

Nearness is the Jaccard overlap of character n-grams rather than the encoder's cosine. On XQuAD (seven languages,
e5-small) an overlap of 0.7 finds 97, 89 and 87% of copies with a character missing, a word missing and two words
swapped, while 0.5% of pairs of different questions about one paragraph reach it (and most of those are the same
question asked twice). A cosine of 0.95 finds 90, 95 and 98%, but takes 2 to 5% of the different ones: an encoder puts
questions about the same paragraph close together, which is what it is for.
"""

from __future__ import annotations

from pyserini_xqg.filter.checks.texts import character_ngrams, exact_form


class Seen:
    """The queries of one passage and language that stay so far."""

    def __init__(self) -> None:
        self._forms: dict[str, int] = {}
        self._ngrams: list[tuple[int, frozenset[str]]] = []

    def add(self, rank: int, text: str) -> None:
        """Remember the query at place ``rank``."""
        self._forms.setdefault(exact_form(text), rank)
        self._ngrams.append((rank, character_ngrams(text)))

    def same(self, text: str) -> int | None:
        """The place of an earlier query that is the same, or None."""
        return self._forms.get(exact_form(text))

    def nearest(self, text: str) -> tuple[float, int]:
        """The overlap with the nearest earlier query, in [0, 1], and that one's place; ``(0, -1)`` where there is
        none.
        """
        mine = character_ngrams(text)
        overlap, negated = max(((_jaccard(mine, other), -rank) for rank, other in self._ngrams), default=(0.0, 1))
        return overlap, -negated


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second)
