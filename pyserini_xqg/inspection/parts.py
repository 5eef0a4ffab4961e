"""The parts of each hit's score: its languages', and its queries'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.shares import PassageVectors, Shares, take_apart
from pyserini_xqg.inspection.generated import GeneratedQuery
from pyserini_xqg.inspection.hits import ALL_LANGUAGES, ExpectedShare, LanguageShare, QueryShare, RankChange
from pyserini_xqg.inspection.scan import Stored, numbers_above, slack
from pyserini_xqg.store.fused_store import FusedStore


@dataclass(frozen=True, slots=True)
class TakenApart:
    """A passage and its score for a question.

    :param question: float32 ``[dimension]``.
    """

    docid: str
    stored: Stored
    question: np.ndarray
    recipe: Recipe
    shares: Shares

    @property
    def own_product(self) -> float:
        """The inner product of its own vector with the question."""
        return float(self.stored.vectors.passage.astype(np.float64) @ self.question)

    @property
    def plain_score(self) -> float:
        """Its score at alpha 0."""
        return float(self.stored.vectors.plain(self.recipe.normalize) @ self.question)

    def score_of(self, vectors: PassageVectors) -> float:
        """What these vectors would score in its place."""
        return take_apart(vectors, self.question, self.recipe).score


def taken_apart(stored: Mapping[str, Stored], question: np.ndarray, recipe: Recipe) -> dict[str, TakenApart]:
    """Each passage's score, taken apart."""
    return {
        docid: TakenApart(docid, own, question, recipe, take_apart(own.vectors, question, recipe))
        for docid, own in stored.items()
    }


def language_shares(
    fused: FusedStore, best: Mapping[str, TakenApart], standings: Mapping[str, RankChange]
) -> dict[str, tuple[LanguageShare, ...]]:
    """Each language's part in each hit's score, largest first, and where the hit would stand without it and with it
    alone.
    """
    parts = [
        (own, row)
        for own in best.values()
        for row, number in enumerate(own.stored.vectors.numbers)
        if number and own.shares.has_part(row)
    ]
    made: dict[str, list[LanguageShare]] = {docid: [] for docid in best}
    if parts:
        without = [own.score_of(own.stored.vectors.without(row)) for own, row in parts]
        alone = [own.score_of(own.stored.vectors.only(row)) for own, row in parts]
        above = iter(numbers_above(fused, parts[0][0].question, [*without, *alone]).tolist())
        ranks = [
            _rank(own, standings[own.docid], score, next(above))
            for scores in (without, alone)
            for (own, _), score in zip(parts, scores, strict=True)
        ]
        for (own, row), rank_without, rank_alone in zip(parts, ranks, ranks[len(parts) :], strict=False):
            code = ALL_LANGUAGES if fused.store.meta.keep is Keep.TOTAL else own.recipe.languages[row]
            made[own.docid].append(_share(own, row, code, rank_without, rank_alone))
    return {docid: tuple(sorted(shares, key=lambda language: -language.share)) for docid, shares in made.items()}


def _rank(own: TakenApart, standing: RankChange, score: float, above: int) -> int:
    """Where a hit would stand with another score.

    :param above: how many passages score higher than that, the hit as it is among them.
    """
    if own.shares.score > score + slack(score):
        return max(above, standing.rank)
    return min(above + 1, standing.rank)


def _share(own: TakenApart, row: int, code: str, rank_without: int, rank_alone: int) -> LanguageShare:
    share, number = float(own.shares.languages[row]), int(own.stored.vectors.numbers[row])
    weight = float(own.shares.query_weights[row]) * number
    lift = share - weight * own.own_product
    return LanguageShare(code, number, share, share / weight, lift, rank_without, rank_alone)


def expected_share(own: TakenApart) -> ExpectedShare | None:
    """The part of what was expected of a passage's queries; None where it has none."""
    weight = own.shares.expected_weight
    if not weight:
        return None
    return ExpectedShare(
        own.shares.expected, own.shares.expected / weight, own.shares.expected - weight * own.own_product
    )


def query_shares(own: TakenApart, generated: Iterable[GeneratedQuery]) -> tuple[QueryShare, ...]:
    """The part of each query that is in the vector that scored, largest first."""
    products = [
        (query, float(query.vector.astype(np.float64) @ own.question))
        for query in generated
        if own.shares.has_part(query.column)
    ]
    shares = [
        QueryShare(
            query.language, query.rank, query.text, float(own.shares.query_weights[query.column]) * product, product
        )
        for query, product in products
    ]
    return tuple(sorted(shares, key=lambda query: -query.share))
