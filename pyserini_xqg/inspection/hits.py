"""What an inspection knows of its passages: everything that is shown, and nothing of how."""

from __future__ import annotations

from dataclasses import dataclass

from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.dense import Manifest

ALL_LANGUAGES = ""
"""Stands for a language's code where a store keeps one sum over all of them."""


@dataclass(frozen=True, slots=True)
class InspectedQuestion:
    """What is asked.

    :param qid: its id among the topics; empty where it was given as it is.
    :param language: its language's code; empty where nobody said.
    :param relevant: the docids that are judged relevant; None where there are no judgments.
    :raises UsageError: the text is empty.
    """

    text: str
    qid: str = ""
    language: str = ""
    relevant: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise UsageError("the question is empty; give --query some text")


@dataclass(frozen=True, slots=True)
class QueryShare:
    """A generated query's part in a score.

    :param rank: its place among the queries of its language, from 1.
    :param text: empty where no queries file is known.
    :param share: what it adds to the score.
    :param product: its inner product with the question.
    """

    language: str
    rank: int
    text: str
    share: float
    product: float


@dataclass(frozen=True, slots=True)
class LanguageShare:
    """One language's part in a score.

    :param number: of its queries.
    :param product: the mean of their inner products with the question.
    :param lift: what it adds beyond what the passage's own vector would add in the queries' place.
    :param rank_without: where the passage would stand had it no queries in this language, the other passages being as
        they are.
    :param rank_alone: where it would stand had it queries in this language alone.
    """

    language: str
    number: int
    share: float
    product: float
    lift: float
    rank_without: int
    rank_alone: int


@dataclass(frozen=True, slots=True)
class ExpectedShare:
    """The part of the queries that were expected of a passage, or of the mean passage.

    :param product: their inner product with the question.
    :param lift: what it adds beyond what the passage's own vector would add in its place.
    """

    share: float
    product: float
    lift: float


@dataclass(frozen=True, slots=True)
class RankChange:
    """Where a passage stands with and without xQG.

    :param score: with the index's recipe.
    :param plain_rank: None where it is too far down the index to compare with.
    :param plain_score: None in the same case.
    """

    docid: str
    rank: int
    score: float
    plain_rank: int | None
    plain_score: float | None
    relevant: bool = False

    @property
    def climbed(self) -> bool:
        """Whether it stands higher with xQG."""
        return self.plain_rank is None or self.rank < self.plain_rank

    @property
    def fell(self) -> bool:
        """Whether it stands lower with xQG."""
        return self.plain_rank is not None and self.rank > self.plain_rank


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """One of the best passages of the index, its score taken apart.

    :param own: the share of its own vector.
    :param own_product: its own vector's inner product with the question.
    :param plain: its score at alpha 0.
    :param languages: largest share first.
    :param expected: the part of the queries that were expected of it; None where they have none.
    :param queries: largest share first; empty where they cannot be told apart.
    :param view: with views, the language whose view scored, empty for the passage itself; None with other fusions.
    :param text: empty where no corpus was given.
    """

    standing: RankChange
    own: float
    own_product: float
    plain: float
    languages: tuple[LanguageShare, ...]
    expected: ExpectedShare | None
    queries: tuple[QueryShare, ...]
    view: str | None
    text: str

    @property
    def total(self) -> float:
        """The sum of the shares: the score, to rounding."""
        return self.own + self.expected_share + sum(language.share for language in self.languages)

    @property
    def expected_share(self) -> float:
        """What the queries that were expected of it add."""
        return 0.0 if self.expected is None else self.expected.share

    @property
    def stretched(self) -> float:
        """What it gained beside its languages' lifts: a mean of unlike vectors is shorter than they are, and
        normalising stretches it.
        """
        expected = 0.0 if self.expected is None else self.expected.lift
        return self.total - self.plain - expected - sum(language.lift for language in self.languages)


@dataclass(frozen=True, slots=True)
class Inspection:
    """One question, looked into.

    :param index: the index's name.
    :param plain: what it is compared with, in words.
    :param plain_depth: how far down that was looked; None for all the way.
    :param hits: best first.
    :param plain_best: the best passages without xQG, best first.
    :param missed: relevant passages that are in neither list.
    :param residue: the largest difference between a hit's score in the index and the sum of its shares.
    :param embedded_residue: the same with the shares of queries that were embedded again; None where none were.
    """

    question: InspectedQuestion
    index: str
    manifest: Manifest
    plain: str
    plain_depth: int | None
    hits: tuple[ExplainedHit, ...]
    plain_best: tuple[RankChange, ...]
    missed: tuple[RankChange, ...]
    residue: float
    embedded_residue: float | None
