"""The dictionaries from one language to another as one table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from pyserini_xqg.lexicon.entry import DictionaryEntry, WordTranslation
from pyserini_xqg.lexicon.words import headword_key

LONGEST_PHRASE = 4
"""Words of the longest headword that is looked up; longer ones hardly stand in a text."""
_LONGEST_TRANSLATION = 6
"""Words: what is longer explains a word instead of translating it."""
_MOST_TRANSLATIONS = 8


class LexiconBuilder:
    """Puts dictionaries together. Each one's weights of a headword come to 1, and dictionaries add up.

    :param source: the code of the headwords' language.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._weights: dict[str, dict[str, float]] = {}

    def add(self, entries: Iterable[DictionaryEntry], *, backwards: bool = False, only_new: bool = False) -> None:
        """Add a dictionary.

        :param backwards: whether its headwords are in the target's language.
        :param only_new: whether headwords that are there already stay as they are.
        """
        own: dict[str, dict[str, float]] = {}
        for entry in entries:
            for translation in () if backwards and entry.variant else entry.translations:
                words, target = entry.headword, translation.text
                if backwards:
                    words, target = target, words
                key, target = headword_key(words, self._source), " ".join(target.split())
                if not key or not target or (only_new and key in self._weights):
                    continue
                if key.count(" ") < LONGEST_PHRASE and target.count(" ") < _LONGEST_TRANSLATION:
                    weights = own.setdefault(key, {})
                    weights[target] = weights.get(target, 0.0) + translation.weight
        for key, weights in own.items():
            total = sum(weights.values())
            together = self._weights.setdefault(key, {})
            for target, weight in weights.items():
                together[target] = together.get(target, 0.0) + weight / total

    def __len__(self) -> int:
        """How many headwords there are."""
        return len(self._weights)

    def lines(self) -> Iterator[str]:
        """The table as :class:`Lexicon` takes it, sorted: a headword and its translations and their weights, the
        weightiest first, tabs between.
        """
        for key, weights in sorted(self._weights.items()):
            ordered = sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:_MOST_TRANSLATIONS]
            total = sum(weight for _, weight in ordered)
            yield "\t".join((key, *(f"{target}\t{weight / total:.4g}" for target, weight in ordered)))


class Lexicon:
    """Headwords and their translations.

    :param lines: see :meth:`LexiconBuilder.lines`. They are taken apart when they are looked up, since of a large
        dictionary hardly a tenth ever is.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        digest = hashlib.sha256()
        self._lines: dict[str, str] = {}
        self._found: dict[str, tuple[WordTranslation, ...]] = {}
        self._first_words: set[str] = set()
        for line in lines:
            digest.update(f"{line}\n".encode())
            key, _, rest = line.partition("\t")
            self._lines[key] = rest
            if " " in key:
                self._first_words.add(key.partition(" ")[0])
        self.sha256 = digest.hexdigest()

    def __len__(self) -> int:
        """How many headwords there are."""
        return len(self._lines)

    def __contains__(self, key: str) -> bool:
        """Whether this is a headword."""
        return key in self._lines

    def find(self, key: str) -> tuple[WordTranslation, ...]:
        """The translations of a headword, the weightiest first, their weights 1 in all; empty where it is none.

        :param key: see :func:`~pyserini_xqg.lexicon.words.headword_key`.
        """
        found = self._found.get(key)
        if found is None:
            parts = self._lines.get(key, "").split("\t")
            pairs = zip(parts[::2], parts[1::2], strict=False)
            found = self._found[key] = tuple(WordTranslation(text, float(weight)) for text, weight in pairs)
        return found

    def begins_phrase(self, word: str) -> bool:
        """Whether a headword of several words begins with this one, folded."""
        return word in self._first_words

    def longest_phrase(self, words: Sequence[str]) -> int:
        """How many of these words, folded, make the longest headword of several that they begin with; 0 for none."""
        for size in range(min(LONGEST_PHRASE, len(words)), 1, -1):
            if " ".join(words[:size]) in self._lines:
                return size
        return 0
