"""Whether a query is a piece of its passage: the longest run of tokens that the two share."""

from __future__ import annotations

from collections.abc import Sequence

from pyserini_xqg.filter.checks.texts import tokens

LEAST_RUN = 6
"""Tokens that a copied run has at least: a name or a title of a few words is a good question as it stands."""


class PassageTokens:
    """A passage, ready to be looked for copies of.

    :param text: the passage.
    """

    def __init__(self, text: str) -> None:
        self._joined = _joined(tokens(text))

    def copied_share(self, query: str) -> float:
        """The longest run of the query's tokens that stands in the passage, by all the query's tokens, in [0, 1]; 0 for
        a run of a few tokens.
        """
        words = tokens(query)
        run = self._longest_run(words)
        return run / len(words) if run >= LEAST_RUN else 0.0

    def _longest_run(self, words: Sequence[str]) -> int:
        longest = 0
        for start in range(len(words)):
            while start + longest < len(words) and _joined(words[start : start + longest + 1]) in self._joined:
                longest += 1
        return longest


def _joined(words: Sequence[str]) -> str:
    """With a separator on both sides, which no token contains, so that a substring is a run of whole tokens."""
    return f" {' '.join(words)} "
