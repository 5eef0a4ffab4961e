"""A table out of parallel text: read, learned in both directions, combined in the way that held-out pairs favour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pyserini_xqg.errors import InputError, Location
from pyserini_xqg.lexicon.align.choices import Combination
from pyserini_xqg.lexicon.align.model1 import WordPairs, learn
from pyserini_xqg.lexicon.align.quality import HeldOutPairs, Quality, measure, target_words
from pyserini_xqg.lexicon.align.translations import Translations, combined
from pyserini_xqg.lexicon.making.reading import ReadPairs, read_pairs
from pyserini_xqg.lexicon.making.settings import LexiconSettings
from pyserini_xqg.lexicon.making.table_file import Row
from pyserini_xqg.lexicon.parallel.kind import Direction
from pyserini_xqg.lexicon.parallel.registry import ParallelText

FEWEST = 200
"""Different sentences, below which chance decides what stands together."""

_ALIKE = 0.01
"""Mean reciprocal ranks that differ by no more say nothing; of such tables the smallest is the best one."""


@dataclass(frozen=True, slots=True)
class PairFigures:
    """What a table was learned from, and what it is worth.

    :param learned_from: sentence pairs.
    :param held_out: sentence pairs, each with another source sentence.
    :param left_out: others, by reason.
    :param source_words: different ones.
    :param target_words: different ones.
    :param combination: the one that was taken.
    :param quality: combination -> its figures on the held-out pairs.
    """

    learned_from: int
    held_out: int
    left_out: dict[str, int]
    source_words: int
    target_words: int
    combination: Combination
    quality: dict[str, Quality]


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """A table and where it comes from."""

    rows: list[Row]
    figures: PairFigures


def learn_table(
    texts: Sequence[ParallelText], direction: Direction, settings: LexiconSettings, scratch: Path
) -> LearnedTable:
    """Make a table.

    :param texts: one or more.
    :param scratch: an empty folder, for some times the size of the text.
    :raises InputError: a file is damaged, or there are too few pairs that are of use.
    """
    read = read_pairs(texts, direction, settings, scratch)
    try:
        _check_number(read, texts[0], direction)
        return _learned(read, settings, scratch)
    finally:
        read.bitext.close()


def _check_number(read: ReadPairs, first: ParallelText, direction: Direction) -> None:
    if read.sentences < FEWEST:
        left_out = "".join(f"; {number:,} left out: {reason}" for reason, number in read.left_out.items())
        raise InputError(
            Location(first.files[0]),
            f"only {read.sentences:,} different sentence pairs of {direction} that are of use, here and in what else "
            f"was named{left_out}; {FEWEST} are needed, and thousands to be worth while",
        )


def _learned(read: ReadPairs, settings: LexiconSettings, scratch: Path) -> LearnedTable:
    bitext = read.bitext
    shape = (len(bitext.source), len(bitext.target))
    training = partial(bitext.learning, read.limit)
    pairs = learn(training, shape[1], settings.iterations, scratch / "places")
    held_out = HeldOutPairs.of(bitext.held_out(read.limit), shape)
    words = target_words(training(), shape[1])
    tables = dict(_tables(pairs, settings))
    quality = {combination: measure(table, held_out, words) for combination, table in tables.items()}
    enough = max(one.found for one in quality.values()) - _ALIKE
    best = min((one for one in tables if quality[one].found >= enough), key=lambda one: len(tables[one]))
    figures = PairFigures(
        learned_from=words.pairs,
        held_out=held_out.source.shape[0],
        left_out=read.left_out,
        source_words=shape[0] - 1,
        target_words=shape[1] - 1,
        combination=best,
        quality={str(combination): one for combination, one in quality.items()},
    )
    return LearnedTable(list(_rows(tables[best], read)), figures)


def _tables(pairs: WordPairs, settings: LexiconSettings) -> Iterator[tuple[Combination, Translations]]:
    for combination in [settings.combination] if settings.combination else Combination:
        yield combination, combined(pairs, combination, settings.pruning)


def _rows(table: Translations, read: ReadPairs) -> Iterator[Row]:
    source, target = read.bitext.source.words(), read.bitext.target.words()
    for row in zip(table.source.tolist(), table.target.tolist(), table.probabilities.tolist(), strict=True):
        yield source[row[0]], target[row[1]], row[2]
