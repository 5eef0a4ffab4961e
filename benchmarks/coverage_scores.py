"""Scores of a fused store, passage for passage as the product fuses it, and what differences are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from coverage_sets import AskedIn, CoverageSet

from pyserini_xqg.machine import available_cores
from pyserini_xqg.store.blocks import fused_blocks
from pyserini_xqg.store.fused_store import FusedStore

_DELIMITER = "\t"
_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class SystemScores:
    """Of each topic, in percent.

    :param by_language: language -> float ``[topics]``.
    :param home: of topics in the passages' own language; None where there are none.
    """

    by_language: Mapping[str, np.ndarray]
    home: np.ndarray | None

    @property
    def macro(self) -> float:
        """The mean of the languages' means."""
        return float(np.mean([scores.mean() for scores in self.by_language.values()]))


def scored(where: CoverageSet, fused: FusedStore) -> SystemScores:
    """Ask all topics of all vectors that the index would hold; exact search."""
    return scored_vectors(where, *vectors_of(fused))


def vectors_of(fused: FusedStore) -> tuple[np.ndarray, np.ndarray]:
    """All vectors that the index would hold, float32 ``[vectors, dimension]``, and where each passage's begin, int
    ``[passages]``.
    """
    blocks = list(fused_blocks(fused, available_cores(), _DELIMITER))
    names = [name.split(_DELIMITER, 1)[0] for block in blocks for name in block.names]
    starts = np.flatnonzero([row == 0 or name != names[row - 1] for row, name in enumerate(names)])
    return np.concatenate([block.vectors for block in blocks]), starts


def scored_vectors(where: CoverageSet, vectors: np.ndarray, starts: np.ndarray | None = None) -> SystemScores:
    """The same of vectors that are there.

    :param starts: where each passage's vectors begin; None where each has one.
    """

    def of(asked: AskedIn) -> np.ndarray:
        products = asked.vectors @ vectors.T
        if starts is not None and len(starts) < len(vectors):
            products = np.maximum.reduceat(products, starts, axis=1)
        best = np.array([row[list(rows)].max() for row, rows in zip(products, asked.relevant, strict=True)])
        return where.measure[1](1.0 + (products > best[:, None]).sum(axis=1))

    home = None if where.home is None else of(where.home)
    return SystemScores({code: of(asked) for code, asked in where.asked.items()}, home)


def interval(where: CoverageSet, system: SystemScores, base: SystemScores) -> tuple[float, float]:
    """The 95% interval of the macro difference when passages are drawn anew, with all the topics about them."""
    return drawn_interval(
        [(where.asked[code].groups, scores - base.by_language[code]) for code, scores in system.by_language.items()]
    )


def language_interval(where: CoverageSet, code: str, system: SystemScores, base: SystemScores) -> tuple[float, float]:
    """The same of one language."""
    return drawn_interval([(where.asked[code].groups, system.by_language[code] - base.by_language[code])])


def home_interval(where: CoverageSet, system: SystemScores, base: SystemScores) -> tuple[float, float] | None:
    """The same of the passages' own language."""
    if where.home is None or system.home is None or base.home is None:
        return None
    return drawn_interval([(where.home.groups, system.home - base.home)])


def drawn_interval(languages: list[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """The 95% interval of the mean over languages of mean differences, passages drawn anew.

    :param languages: of each the passage that each topic is about, int ``[topics]``, and the topic's difference, float
        ``[topics]``.
    """
    passages = np.unique(np.concatenate([groups for groups, _ in languages]))
    sums, sizes = np.zeros((len(languages), len(passages))), np.zeros((len(languages), len(passages)))
    for row, (groups, differences) in enumerate(languages):
        places = np.searchsorted(passages, groups)
        sums[row] = np.bincount(places, weights=differences, minlength=len(passages))
        sizes[row] = np.bincount(places, minlength=len(passages))
    random = np.random.default_rng(0)
    drawn = random.multinomial(len(passages), np.full(len(passages), 1 / len(passages)), size=_DRAWS).astype(float)
    macro = (drawn @ sums.T / np.maximum(drawn @ sizes.T, 1)).mean(axis=1)
    low, high = np.percentile(macro, [2.5, 97.5])
    return float(low), float(high)
