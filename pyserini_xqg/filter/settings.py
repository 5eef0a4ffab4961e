"""What decides which queries go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pyserini_xqg.errors import UsageError
from pyserini_xqg.filter.reasons import DropReason
from pyserini_xqg.languages import language


class Consistency(StrEnum):
    """How well a query fits its passage."""

    ZSCORE = "zscore"
    """How many standard deviations the cosine with its passage lies above its cosines with a sample of the corpus's
    passages.

    Languages, and single queries, lie at different distances from all passages alike; that is taken out. On XQuAD 99%
    of queries of other passages are below a value that 10% of the right ones miss; with the cosine 18% do (even with a
    threshold a language).
    """
    COSINE = "cosine"
    """The cosine of query and passage itself, as Doc2Query-- takes a relevance model's score (Gospodinov et al. 2023,
    arXiv 2301.03266).
    """


@dataclass(frozen=True, slots=True)
class Cut:
    """Below which score of consistency a query goes.

    :param threshold: for languages that ``by_language`` does not name.
    :param by_language: a threshold of its own a language.
    :param lowest: instead of thresholds, the percentage of each language's queries that goes, those with the lowest
        scores.
    """

    threshold: float = 1.0
    by_language: Mapping[str, float] = field(default_factory=dict)
    lowest: float | None = None

    def at(self, code: str) -> float:
        """The threshold of a language, where thresholds are given."""
        return self.by_language.get(code, self.threshold)


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """The checks and their limits. The defaults spare the questions that people wrote (AfriQA, XQuAD, XOR-TyDi).

    :param languages: keep only these languages' queries; None for all that are there.
    :param passage_language: the passages' language, the one that copies of them are in.
    :param skip: checks to leave out; :attr:`DropReason.EMPTY` always stays, since no other stage takes an empty query.
    :param min_length: letters and digits, where ideographs, kana, Hangul and Thai count twice.
    :param min_distinct: share of distinct tokens in a query of eight tokens or more.
    :param min_script: share of letters in the language's script.
    :param min_language: the detector's probability of the language.
    :param max_copied: share of a query's tokens that may stand in the passage in one run.
    :param max_overlap: overlap of character n-grams with an earlier query of the same passage and language; from here
        on it is nearly the same.
    :param max_passages: passages that a query may have been generated for.
    :param max_length_ratio: how many times as long as its passage, or as short, a translation may be, counted as
        ``min_length`` counts.
    :raises UsageError: a limit that cannot be.
    """

    languages: tuple[str, ...] | None = None
    passage_language: str = "en"
    skip: frozenset[DropReason] = frozenset()
    min_length: int = 4
    min_distinct: float = 0.4
    min_script: float = 0.25
    min_language: float = 0.05
    max_copied: float = 0.8
    max_overlap: float = 0.7
    max_passages: int = 10
    max_length_ratio: float = 4.0
    consistency: Consistency = Consistency.ZSCORE
    cut: Cut = Cut()

    def __post_init__(self) -> None:
        for name in ("min_distinct", "min_script", "min_language", "max_copied", "max_overlap"):
            if not 0 < getattr(self, name) <= 1:
                raise UsageError(
                    f"{_flag(name)} is {getattr(self, name)}; it is a share, above 0 and at most 1 (--skip leaves the "
                    "check out)"
                )
        for name in ("min_length", "max_passages"):
            if getattr(self, name) < 1:
                raise UsageError(
                    f"{_flag(name)} is {getattr(self, name)}; it must be at least 1 (--skip leaves the check out)"
                )
        if not self.max_length_ratio > 1:
            raise UsageError(
                f"--max-length-ratio is {self.max_length_ratio}; it must be above 1 (--skip leaves the check out)"
            )
        if self.cut.lowest is not None and not 0 <= self.cut.lowest < 100:
            raise UsageError(f"--drop-lowest is {self.cut.lowest}; it is a percentage, at least 0 and below 100")
        if DropReason.EMPTY in self.skip:
            raise UsageError("--skip empty: an empty query cannot stay, since no other stage takes one")
        for code in (self.passage_language, *self.cut.by_language):
            language(code)

    def checks(self, reason: DropReason) -> bool:
        """Whether this check is made."""
        return reason not in self.skip

    def limit(self, reason: DropReason) -> float | None:
        """The limit of a check that has one and the same for all languages."""
        return {
            DropReason.SHORT: self.min_length,
            DropReason.REPETITION: self.min_distinct,
            DropReason.SCRIPT: self.min_script,
            DropReason.LANGUAGE: self.min_language,
            DropReason.COPY: self.max_copied,
            DropReason.NEAR_DUPLICATE: self.max_overlap,
            DropReason.LENGTH: self.max_length_ratio,
            DropReason.COMMON: self.max_passages,
        }.get(reason)


DEFAULTS = FilterSettings()
"""Every check, with its own limit."""


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
