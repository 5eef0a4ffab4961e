"""Parallel text into numbers: what is of use is counted in, what is not is counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pyserini_xqg.lexicon.align.bitext import Bitext
from pyserini_xqg.lexicon.align.held_out import SmallestKeys, key_of
from pyserini_xqg.lexicon.align.segmenter import Segmenter, best_segmenter
from pyserini_xqg.lexicon.align.words import SentenceWords, headwords
from pyserini_xqg.lexicon.making.settings import LexiconSettings
from pyserini_xqg.lexicon.parallel.kind import Direction
from pyserini_xqg.lexicon.parallel.registry import ParallelText
from pyserini_xqg.progress import progress

LONGEST = 200
"""Words of a sentence: longer ones are whole texts, in which any word stands beside any other."""


class PairLeftOut(StrEnum):
    """Why a sentence pair is of no use."""

    EMPTY = "a side without words"
    LONG = f"a side of more than {LONGEST} words"
    UNTRANSLATED = "both sides the same"


@dataclass(frozen=True, slots=True)
class ReadPairs:
    """What was read.

    :param sentences: different source sentences, counted up to some thousands.
    :param limit: the greatest key of the pairs held out.
    :param left_out: pairs left out, by reason.
    """

    bitext: Bitext
    sentences: int
    limit: int
    left_out: dict[str, int]


def read_pairs(
    texts: Sequence[ParallelText], direction: Direction, settings: LexiconSettings, folder: Path
) -> ReadPairs:
    """Read all pairs.

    :param folder: an empty folder to keep the numbers in.
    :raises InputError: a file is damaged.
    """
    segmenters = segmenters_of(direction, settings.segmenter)
    source, target = _source_words(direction.source, segmenters), _words(direction.target, segmenters)
    bitext, keys, left_out = Bitext(folder), SmallestKeys(), Counter[str]()
    with progress(f"reading {direction}", "sentence pairs") as tracker:
        for text in texts:
            for pair in text.read(direction):
                tracker.advance()
                words = source(pair.source), target(pair.target)
                if reason := _useless(*words):
                    left_out[reason] += 1
                    continue
                key = key_of(words[0], settings.seed)
                keys.add(key)
                bitext.add(key, *words)
    return ReadPairs(bitext, len(keys), keys.limit(bitext.pairs), dict(sorted(left_out.items())))


def _source_words(language: str, segmenters: Mapping[str, Segmenter]) -> Callable[[str], list[str]]:
    return _words(language, segmenters) if language in segmenters else headwords


def _words(language: str, segmenters: Mapping[str, Segmenter]) -> Callable[[str], list[str]]:
    return SentenceWords(language, segmenters.get(language))


def segmenters_of(direction: Direction, chosen: Segmenter | None) -> dict[str, Segmenter]:
    """How the words of those of the two languages are found that have no spaces."""
    found = {code: best_segmenter(code) for code in (direction.source, direction.target)}
    return {code: chosen or best for code, best in found.items() if best is not None}


def _useless(source: Sequence[str], target: Sequence[str]) -> PairLeftOut | None:
    if not source or not target:
        return PairLeftOut.EMPTY
    if max(len(source), len(target)) > LONGEST:
        return PairLeftOut.LONG
    return PairLeftOut.UNTRANSLATED if source == target else None
