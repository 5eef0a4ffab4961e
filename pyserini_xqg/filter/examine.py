"""The checks that need no encoder, on one window of passages and their queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.filter.checks.copies import PassageTokens
from pyserini_xqg.filter.checks.detector import LanguageDetector
from pyserini_xqg.filter.checks.duplicates import Seen
from pyserini_xqg.filter.checks.malformed import control_characters, distinct_share, has_letters
from pyserini_xqg.filter.checks.scripts import script_share
from pyserini_xqg.filter.checks.texts import exact_form, length
from pyserini_xqg.filter.reasons import CODES, DropReason, suits
from pyserini_xqg.filter.settings import FilterSettings
from pyserini_xqg.fusion.text_kind import TextKind, kind_of, language_of
from pyserini_xqg.input.passages import Passage
from pyserini_xqg.input.queries import PassageQueries

VERDICT = np.dtype(
    [
        ("reason", np.uint8),  # a code of reasons.CODES, or KEPT
        ("language", np.uint8),  # the place of its language among the survey's
        ("detail", np.int16),  # the detector's label, or the rank of the query that it repeats; -1 for none
        ("value", np.float32),  # what the check measured
        ("score", np.float32),  # consistency; NaN where it was not measured
        ("key", np.uint64),  # a hash of language and form, the same for the same question at another passage
    ]
)
"""What is known of one query; 20 bytes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a window: the passage's row, the column of its language and kind, and its rank in that column."""

    row: int
    code: str
    rank: int
    text: str

    @property
    def language(self) -> str:
        """The code of its language."""
        return language_of(self.code)

    @property
    def kind(self) -> TextKind:
        """What it is to the passage."""
        return kind_of(self.code)


def entries(queries: Sequence[PassageQueries | None]) -> Iterator[Entry]:
    """The queries of a window in the order in which verdicts are kept."""
    for row, record in enumerate(queries):
        for code, texts in record.queries.items() if record else ():
            for rank, text in enumerate(texts):
                yield Entry(row, code, rank, text)


@dataclass(frozen=True, slots=True)
class ExaminedQuery:
    """Why a query goes, what was measured, and the verdict's detail."""

    reason: DropReason
    value: float
    detail: int = -1


class Examiner:
    """Makes the checks that need no encoder.

    :param languages: the survey's.
    :raises SetupError: the language check is on and there is no detector.
    """

    def __init__(self, settings: FilterSettings, languages: Sequence[str]) -> None:
        self.settings = settings
        self.detector = LanguageDetector() if settings.checks(DropReason.LANGUAGE) else None
        self._number = {code: number for number, code in enumerate(languages)}

    def examine(self, passages: Sequence[Passage], queries: Sequence[PassageQueries | None]) -> np.ndarray:
        """The verdicts on a window's queries, :data:`VERDICT` ``[queries]`` in the order of :func:`entries`; scores are
        NaN yet.
        """
        verdicts: list[tuple[int, int, int, float, float, int]] = []
        seen: dict[str, Seen] = {}
        passage: PassageTokens | None = None
        row = -1
        for entry in entries(queries):
            if entry.row != row:
                row, seen, passage = entry.row, {}, PassageTokens(passages[entry.row].contents)
            earlier = seen.setdefault(entry.code, Seen())
            found = (
                self._malformed(entry)
                or self._foreign(entry)
                or self._copied(entry, passage)
                or self._unlike(entry, passages[entry.row].contents)
                or self._repeated(entry, earlier)
            )
            number = self._number[entry.code]
            if found is None:
                earlier.add(entry.rank, entry.text)
                verdicts.append((0, number, -1, np.nan, np.nan, question_key(entry)))
            else:
                verdicts.append((CODES[found.reason], number, found.detail, found.value, np.nan, 0))
        return np.array(verdicts, dtype=VERDICT)

    def _checks(self, reason: DropReason, entry: Entry) -> bool:
        return self.settings.checks(reason) and suits(reason, entry.kind)

    def _malformed(self, entry: Entry) -> ExaminedQuery | None:
        settings, text = self.settings, entry.text
        if not text.strip():
            return ExaminedQuery(DropReason.EMPTY, 0)
        if self._checks(DropReason.CONTROL, entry) and (number := control_characters(text)):
            return ExaminedQuery(DropReason.CONTROL, number)
        if self._checks(DropReason.NO_LETTERS, entry) and not has_letters(text):
            return ExaminedQuery(DropReason.NO_LETTERS, 0)
        if self._checks(DropReason.SHORT, entry) and (size := length(text)) < settings.min_length:
            return ExaminedQuery(DropReason.SHORT, size)
        if self._checks(DropReason.REPETITION, entry) and (share := distinct_share(text)) < self._distinct(entry):
            return ExaminedQuery(DropReason.REPETITION, share)
        return None

    def _distinct(self, entry: Entry) -> float:
        """A translation is long, and the longer a text is, the more of its words come again."""
        return self.settings.min_distinct / (1 if entry.kind is TextKind.QUESTIONS else 2)

    def _foreign(self, entry: Entry) -> ExaminedQuery | None:
        code = entry.language
        if (
            self._checks(DropReason.SCRIPT, entry)
            and (share := script_share(entry.text, code)) < self.settings.min_script
        ):
            return ExaminedQuery(DropReason.SCRIPT, share)
        if self.detector is None or not self._checks(DropReason.LANGUAGE, entry) or not self.detector.knows(code):
            return None
        probability, label = self.detector.judge(entry.text, code)
        return (
            ExaminedQuery(DropReason.LANGUAGE, probability, label) if probability < self.settings.min_language else None
        )

    def _copied(self, entry: Entry, passage: PassageTokens | None) -> ExaminedQuery | None:
        """Only in the passage's own language, and in those that may be it unnoticed, since no detector knows them."""
        code = entry.language
        unnoticed = self.detector is None or not self.detector.knows(code) or entry.kind is TextKind.TRANSLATION
        if (
            passage is None
            or not self._checks(DropReason.COPY, entry)
            or not (unnoticed or code == self.settings.passage_language)
        ):
            return None
        share = passage.copied_share(entry.text)
        return ExaminedQuery(DropReason.COPY, share) if share >= self.settings.max_copied else None

    def _unlike(self, entry: Entry, passage: str) -> ExaminedQuery | None:
        """A translation several times as long as its passage, or as short: what was cut, or runs on for ever."""
        if not self._checks(DropReason.LENGTH, entry):
            return None
        ratio = length(entry.text) / max(length(passage), 1)
        limit = self.settings.max_length_ratio
        return ExaminedQuery(DropReason.LENGTH, ratio) if not 1 / limit <= ratio <= limit else None

    def _repeated(self, entry: Entry, earlier: Seen) -> ExaminedQuery | None:
        if self._checks(DropReason.DUPLICATE, entry) and (rank := earlier.same(entry.text)) is not None:
            return ExaminedQuery(DropReason.DUPLICATE, 1, rank)
        if self._checks(DropReason.NEAR_DUPLICATE, entry):
            overlap, rank = earlier.nearest(entry.text)
            if overlap >= self.settings.max_overlap:
                return ExaminedQuery(DropReason.NEAR_DUPLICATE, overlap, rank)
        return None


def question_key(entry: Entry) -> int:
    """64 bits of language and :func:`exact_form`; among the paper's 630 million queries one pair in a hundred runs
    collides.
    """
    digest = hashlib.blake2b(f"{entry.code}\0{exact_form(entry.text)}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")
