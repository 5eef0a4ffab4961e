"""A passage word for word in another language.

Several texts of a passage are its gloss in several readings: each word's translations are dealt to them by their
weights, so that over all readings a word counts for each translation what its probability is. Indexed together they are
probabilistic structured queries (Darwish and Oard 2003, "Probabilistic Structured Query Methods") turned round: what is
expected of a term's frequency in the passage, had it been written in the other language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pyserini_xqg.lexicon.entry import WordTranslation
from pyserini_xqg.lexicon.lexicon import LONGEST_PHRASE, Lexicon
from pyserini_xqg.lexicon.words import folded, is_name, words_of

_MOST_WORDS = 200_000
"""What is remembered of the words that were met: a large corpus has many more, nearly all of them rare."""


@dataclass(frozen=True, slots=True)
class Gloss:
    """A passage's gloss.

    :param readings: its texts, that of each word's weightiest translation first; all of them word for word alike.
    :param words: how many words of the passage were looked up.
    :param found: how many of these a dictionary has.
    """

    readings: tuple[str, ...]
    words: int
    found: int


@dataclass(frozen=True, slots=True)
class _Word:
    """What there is to know of a word, wherever it stands.

    :param lemma: its dictionary form.
    :param key: the headword that it is found under; empty for none.
    :param stop: whether it says nothing of what a passage is about.
    :param begins: whether it, or its dictionary form, begins a headword of several words.
    """

    plain: str
    lemma: str
    key: str
    stop: bool
    begins: bool


class Glosser:
    """Makes glosses.

    :param lexicon: from the passages' language.
    :param lemma: the dictionary form of a word; None where nothing knows any.
    :param transliterate: a name in the target's script, empty where it cannot be had; None where both scripts are one.
    :param stop_words: words that say nothing of what a passage is about, folded.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        lemma: Callable[[str], str] | None = None,
        transliterate: Callable[[str], str] | None = None,
        stop_words: frozenset[str] = frozenset(),
    ) -> None:
        self.lexicon = lexicon
        self._lemma = lemma
        self._transliterate = transliterate
        self._stop_words = stop_words
        self._words: dict[str, _Word] = {}
        self._dealt: dict[tuple[str, int], tuple[str, ...]] = {}

    def gloss(self, text: str, readings: int = 1) -> Gloss:
        """Look every word of a passage up, the longest phrase first.

        :param readings: how many texts to deal the translations to.
        """
        parts: list[tuple[str, ...]] = []
        looked_up = found = 0
        for word, key, number in self._units(text):
            looked_up += number
            found += number if key else 0
            parts.append(self._readings(key, readings) if key else (self._kept(word),) * readings)
        texts = tuple(map(" ".join, zip(*parts, strict=True)))
        return Gloss(texts, looked_up, found)

    def _units(self, text: str) -> Iterator[tuple[str, str, int]]:
        """What is translated as one: how it stands in the text, the headword that it is found under (empty for none),
        and how many words it has.
        """
        words = words_of(text)
        known = [self._words.get(word) or self._look_up(word) for word in words]
        position = 0
        while position < len(words):
            own = known[position]
            if own.begins:
                key, size = self._phrase(known[position : position + LONGEST_PHRASE])
                if size:
                    yield words[position], key, size
                    position += size
                    continue
            if not own.stop:
                yield words[position], own.key, 1
            position += 1

    def _look_up(self, word: str) -> _Word:
        plain = folded(word)
        lemma = self._lemma(plain) if self._lemma is not None else plain
        key = next((form for form in (plain, lemma) if form in self.lexicon), "")
        begins = self.lexicon.begins_phrase(plain) or self.lexicon.begins_phrase(lemma)
        if len(self._words) >= _MOST_WORDS:
            self._words.clear()
        found = self._words[word] = _Word(plain, lemma, key, plain in self._stop_words, begins)
        return found

    def _phrase(self, words: Sequence[_Word]) -> tuple[str, int]:
        """The longest headword that some words begin with, as they stand, or in their dictionary forms."""
        for forms in ([word.plain for word in words], [word.lemma for word in words]):
            if size := self.lexicon.longest_phrase(forms):
                return " ".join(forms[:size]), size
        return "", 0

    def _readings(self, key: str, number: int) -> tuple[str, ...]:
        dealt = self._dealt.get((key, number))
        if dealt is None:
            dealt = self._dealt[key, number] = deal(self.lexicon.find(key), number)
        return dealt

    def _kept(self, word: str) -> str:
        """What no dictionary has is mostly a name, or as rare as one: it stays, in both scripts where there are two."""
        written = self._transliterate(word) if self._transliterate is not None and is_name(word) else ""
        return f"{word} {written}" if written and written != word else word


def deal(translations: Sequence[WordTranslation], number: int) -> tuple[str, ...]:
    """Each translation as many times as its weight says, by largest remainders, the weightiest first; ``number`` texts.

    :param translations: the weightiest first, their weights 1 in all.
    """
    shares = [translation.weight * number for translation in translations]
    times = [int(share + 1e-9) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: (times[place] - shares[place], place))
    for place in by_remainder[: number - sum(times)]:
        times[place] += 1
    dealt = [each.text for each, count in zip(translations, times, strict=True) for _ in range(count)]
    return tuple(dealt[:number])
