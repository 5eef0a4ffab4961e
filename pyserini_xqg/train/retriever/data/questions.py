"""What a retriever learns from: queries, and the passages that answer them or seem to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyserini_xqg.errors import Location, UsageError
from pyserini_xqg.input.records import Skipped


@dataclass(frozen=True, slots=True)
class TrainingQuery:
    """A query.

    :param code: its language, canonical.
    :param positives: rows of the passages that answer it; empty where nobody said.
    :param negatives: rows of passages that do not, though they may seem to.
    """

    text: str
    code: str
    positives: tuple[int, ...]
    negatives: tuple[int, ...]
    where: Location


@dataclass(slots=True)
class Passages:
    """Passages, each text once."""

    texts: list[str] = field(default_factory=list)
    docids: list[str] = field(default_factory=list)
    _rows: dict[str, int] = field(default_factory=dict)

    def add(self, docid: str, text: str) -> int:
        """The row of a passage, new or known."""
        row = self._rows.setdefault(text, len(self.texts))
        if row == len(self.texts):
            self.texts.append(text)
            self.docids.append(docid)
        return row


@dataclass(slots=True)
class LeftOutQueries:
    """What was not used, and why.

    :param unlabelled: queries without a known passage, where the objective needs one.
    :param other_languages: queries in languages that were not asked for; by language.
    :param shared: training queries whose passages are held out.
    :param unused: held-out queries beyond the limit.
    """

    unlabelled: int = 0
    other_languages: Counter[str] = field(default_factory=Counter)
    shared: int = 0
    unused: int = 0
    skipped: Skipped = field(default_factory=Skipped)


@dataclass(frozen=True, slots=True)
class DividedQuestions:
    """Queries to learn from and to judge by, which have no passage in common."""

    train: list[TrainingQuery]
    held_out: list[TrainingQuery]

    @staticmethod
    def counts(questions: Iterable[TrainingQuery]) -> Counter[str]:
        """Language to number of queries."""
        return Counter(question.code for question in questions)

    def unjudged(self) -> tuple[str, ...]:
        """The languages that are learned without a held-out query."""
        return tuple(sorted(self.counts(self.train).keys() - self.counts(self.held_out).keys()))


def by_share(
    *,
    questions: Sequence[TrainingQuery],
    passages: Passages,
    share: float,
    limit: int,
    seed: int,
    left_out: LeftOutQueries,
) -> DividedQuestions:
    """Hold out a share of the passages with all of their queries, and the same share of the queries without passages.

    :raises UsageError: that leaves nothing on one side.
    """
    if not 0 < share < 1:
        raise UsageError(f"--dev-share is {share}; it is a share of the passages, above 0 and below 1")
    keys = sorted(
        {key for question in questions for key in _keys(question, passages)}, key=lambda key: _chance(seed, key)
    )
    number = max(1, round(share * len(keys)))
    if number >= len(keys):
        raise UsageError(
            f"the training files hold {len(keys)} different passages with queries, too few to hold out any; give "
            "--dev with others"
        )
    return _divided(
        train=questions,
        held_out=questions,
        known=set(keys[:number]),
        passages=passages,
        limit=limit,
        seed=seed,
        left_out=left_out,
    )


def by_files(
    *,
    train: Sequence[TrainingQuery],
    held_out: Sequence[TrainingQuery],
    passages: Passages,
    limit: int,
    seed: int,
    left_out: LeftOutQueries,
) -> DividedQuestions:
    """Hold out what was given as such.

    :raises UsageError: nothing is left to learn from.
    """
    known = {key for question in held_out for key in _keys(question, passages)}
    split = _divided(
        train=train, held_out=held_out, known=known, passages=passages, limit=limit, seed=seed, left_out=left_out
    )
    left_out.shared = len(train) - len(split.train)
    return split


def _divided(
    *,
    train: Sequence[TrainingQuery],
    held_out: Sequence[TrainingQuery],
    known: set[str],
    passages: Passages,
    limit: int,
    seed: int,
    left_out: LeftOutQueries,
) -> DividedQuestions:
    judged = [question for question in held_out if known.intersection(_keys(question, passages))]
    remaining = [question for question in train if known.isdisjoint(_keys(question, passages))]
    if not remaining:
        raise UsageError(
            "every training query's passage is held out, so nothing is left to learn from; divide the files by passage"
        )
    # By the first passage, so that a passage comes with all of its queries.
    judged.sort(key=lambda question: _chance(seed, _keys(question, passages)[0]))
    left_out.unused = max(0, len(judged) - limit)
    return DividedQuestions(remaining, judged[:limit])


def _keys(question: TrainingQuery, passages: Passages) -> tuple[str, ...]:
    return tuple(passages.texts[row] for row in question.positives) or (question.text,)


def _chance(seed: int, text: str) -> bytes:
    return hashlib.sha256(f"{seed}/{text}".encode()).digest()


@dataclass(frozen=True, slots=True)
class QueryOrigins:
    """Where they come from.

    :param train: folders of ``dataset``, or JSONL files.
    :param held_out: the same; empty to hold out ``share`` of the passages.
    :param limit: held-out queries at most.
    :param languages: only these; empty for all.
    """

    train: list[Path]
    held_out: list[Path] = field(default_factory=list)
    share: float = 0.05
    limit: int = 500
    languages: tuple[str, ...] = ()
