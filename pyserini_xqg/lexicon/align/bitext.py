"""Sentence pairs as numbers on disk, so that any number of passes over them needs no more memory than one chunk."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NULL = 0
"""The number of the empty word, which stands in every sentence: what has no counterpart is its translation."""
_CHUNK = 1 << 20
"""Pairs of words that one chunk holds at most; a single sentence pair may have more."""
_BLOCK = 1 << 14
"""Sentence pairs whose lengths are looked at together."""


class Vocabulary:
    """The words of one side; the empty word is number 0."""

    def __init__(self) -> None:
        self._numbers = {"": NULL}

    def numbered(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """``(number, how often)`` of each word of a sentence, in the order of the numbers; new words get new ones."""
        numbers = self._numbers
        return sorted((numbers.setdefault(word, len(numbers)), often) for word, often in Counter(words).items())

    def words(self) -> list[str]:
        """The words by their numbers, the empty one first."""
        return list(self._numbers)

    def __len__(self) -> int:
        """Above every number of a word."""
        return len(self._numbers)


@dataclass(frozen=True, slots=True)
class BitextSide:
    """One side of some sentence pairs, the words of a sentence each once.

    :param lengths: different words of each sentence, int32 ``[pairs]``.
    :param ids: of the words, sentence after sentence, int32 ``[words]``.
    :param counts: how often each is in its sentence, int32 ``[words]``.
    """

    lengths: np.ndarray
    ids: np.ndarray
    counts: np.ndarray

    def only(self, chosen: np.ndarray) -> BitextSide:
        """The sentences chosen, bool ``[pairs]``."""
        words = np.repeat(chosen, self.lengths)
        return BitextSide(self.lengths[chosen], self.ids[words], self.counts[words])

    def with_null(self) -> BitextSide:
        """The same with the empty word, once, before each sentence."""
        starts = np.cumsum(self.lengths) - self.lengths
        return BitextSide(
            self.lengths + 1, np.insert(self.ids, starts, NULL), np.insert(self.counts, starts, 1).astype(np.int32)
        )


@dataclass(frozen=True, slots=True)
class BitextChunk:
    """Some sentence pairs.

    :param pairs: how many.
    """

    pairs: int
    source: BitextSide
    target: BitextSide


class Bitext:
    """Sentence pairs in files of a folder: written once, read chunk by chunk as often as need be.

    :param folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.source, self.target, self.pairs = Vocabulary(), Vocabulary(), 0
        self._folder = folder
        self._keys = _NumberFile(folder / "keys", "Q")
        self._sides = (_SideFiles(folder, "source"), _SideFiles(folder, "target"))

    def add(self, key: int, source: Sequence[str], target: Sequence[str]) -> None:
        """Append a pair of sentences, each of one word or more.

        :param key: of 64 bits.
        """
        self._keys.write([key])
        for files, words in zip(self._sides, (self.source.numbered(source), self.target.numbered(target)), strict=True):
            files.write(words)
        self.pairs += 1

    def learning(self, limit: int) -> Iterator[BitextChunk]:
        """The pairs to learn from, in their order.

        :param limit: the greatest key of those held out.
        """
        return self._chunks(lambda keys: keys > limit)

    def held_out(self, limit: int) -> Iterator[BitextChunk]:
        """The pairs held out, in their order; of those with the same key the first alone, so that they are as few as
        keys are, whatever the text says again and again.

        :param limit: as in :meth:`learning`.
        """
        seen: set[int] = set()

        def fresh(key: int) -> bool:
            if key > limit or key in seen:
                return False
            seen.add(key)
            return True

        return self._chunks(lambda keys: np.fromiter(map(fresh, keys.tolist()), bool, len(keys)))

    def _chunks(self, choose: Callable[[np.ndarray], np.ndarray]) -> Iterator[BitextChunk]:
        self._keys.seek(0)
        for files in self._sides:
            files.seek(0)
        for start in range(0, self.pairs, _BLOCK):
            number = min(_BLOCK, self.pairs - start)
            keys = self._keys.read(number)
            lengths = [files.lengths(number) for files in self._sides]
            for cut in _cuts((lengths[0] + 1).astype(np.int64) * (lengths[1] + 1)):
                source, target = (files.side(some[cut]) for files, some in zip(self._sides, lengths, strict=True))
                chosen = choose(keys[cut])
                if chosen.any():
                    yield BitextChunk(int(chosen.sum()), source.only(chosen), target.only(chosen))

    def close(self) -> None:
        """Close the files."""
        self._keys.close()
        for files in self._sides:
            files.close()


class _SideFiles:
    """The three files of one side."""

    def __init__(self, folder: Path, name: str) -> None:
        self._lengths, self._ids, self._counts = (_NumberFile(folder / f"{name}-{part}", "i") for part in "lic")

    def write(self, words: Sequence[tuple[int, int]]) -> None:
        self._lengths.write([len(words)])
        self._ids.write([number for number, _ in words])
        self._counts.write([often for _, often in words])

    def seek(self, place: int) -> None:
        for file in self._all():
            file.seek(place)

    def lengths(self, number: int) -> np.ndarray:
        return self._lengths.read(number)

    def side(self, lengths: np.ndarray) -> BitextSide:
        total = int(lengths.sum())
        return BitextSide(lengths, self._ids.read(total), self._counts.read(total))

    def close(self) -> None:
        for file in self._all():
            file.close()

    def _all(self) -> tuple[_NumberFile, ...]:
        return self._lengths, self._ids, self._counts


class _NumberFile:
    """Numbers of one type, some thousands written at a time.

    :param code: of the type, as both :mod:`array` and NumPy know it.
    """

    def __init__(self, path: Path, code: str) -> None:
        self._stream, self._waiting = path.open("w+b"), array(code)

    def write(self, numbers: Sequence[int]) -> None:
        self._waiting.extend(numbers)
        if len(self._waiting) >= _BLOCK:
            self._flush()

    def seek(self, place: int) -> None:
        self._flush()
        self._stream.flush()
        self._stream.seek(place)

    def read(self, number: int) -> np.ndarray:
        return np.fromfile(self._stream, self._waiting.typecode, number)

    def close(self) -> None:
        self._stream.close()

    def _flush(self) -> None:
        self._waiting.tofile(self._stream)
        del self._waiting[:]


def _cuts(sizes: np.ndarray) -> Iterator[slice]:
    """Slices of neighbours whose sizes add up to no more than a chunk's, or that hold one alone."""
    start, total = 0, 0
    for place, size in enumerate(sizes.tolist()):
        if place > start and total + size > _CHUNK:
            yield slice(start, place)
            start, total = place, 0
        total += size
    yield slice(start, len(sizes))
