"""The search for the worst variant: step by step from the query, the most harmful ones gone on with, all queries of a
batch side by side.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest

import numpy as np

from pyserini_xqg.perturb.attack.settings import AttackSettings
from pyserini_xqg.perturb.attack.victim import Victim
from pyserini_xqg.perturb.operations import Operation
from pyserini_xqg.perturb.variant import SAME_WORDS, Variant

type Candidates = Callable[[str], Sequence[Variant]]
"""From a text to the variants that one change makes of it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A query under attack.

    :param relevant: the docids that it should find.
    :param candidates: see :data:`Candidates`; the first step may offer paraphrases of the query besides.
    """

    qid: str
    code: str
    text: str
    relevant: frozenset[str]
    candidates: Candidates


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text that was tried.

    :param path: the changes that led to it, none for the query itself.
    :param similarity: its cosine with the query.
    :param margin: see :class:`pyserini_xqg.perturb.attack.damage.QueryStanding`.
    """

    text: str
    path: tuple[Variant, ...]
    similarity: float
    margin: float
    rank: int


@dataclass(slots=True)
class Hunt:
    """What was tried on one query.

    :param start: the query itself.
    :param valid: the valid variants, in the order in which they were tried.
    :param invalid: how many were not valid.
    :param asked: texts that the encoder was asked for.
    """

    target: Target
    start: Attempt
    valid: list[Attempt] = field(default_factory=list)
    invalid: int = 0
    asked: int = 1

    @property
    def worst(self) -> Attempt:
        """The most harmful valid text; the query itself where nothing harms."""
        return min([self.start, *self.valid], key=_harmfulness)


def hunt(targets: Sequence[Target], victim: Victim, settings: AttackSettings) -> list[Hunt]:
    """Attack queries.

    Each query's attack depends on itself and the settings alone, not on the others of the batch.

    :raises NotFiniteError: an embedding is NaN or infinite.
    """
    vectors = victim.embed([target.text for target in targets])
    stands = victim.judge(vectors, [target.relevant for target in targets])
    hunts = [
        Hunt(target, Attempt(target.text, (), 1.0, float(margin), int(rank)))
        for target, margin, rank in zip(targets, stands.margins, stands.ranks, strict=True)
    ]
    beams = [[each.start] for each in hunts]
    for step in range(settings.steps):
        tried = [_chosen(each, beam, settings, step) for each, beam in zip(hunts, beams, strict=True)]
        attempts = _tried(hunts, vectors, tried, victim, settings)
        beams = [
            sorted([*beam, *new], key=_harmfulness)[: settings.beam] for beam, new in zip(beams, attempts, strict=True)
        ]
    return hunts


def _harmfulness(attempt: Attempt) -> tuple[int, float]:
    """What an attack lowers: first the rank is to be as bad as may be, among equal ranks the margin."""
    return -attempt.rank, attempt.margin


def _chosen(each: Hunt, beam: Sequence[Attempt], settings: AttackSettings, step: int) -> list[tuple[Variant, ...]]:
    """The paths to try in this step: all new ones, or as many by chance as this step's share of what is left of the
    budget.
    """
    seen = {each.start.text, *(attempt.text for attempt in each.valid)}
    paths: dict[str, tuple[Variant, ...]] = {}
    for attempt in beam:
        for variant in each.target.candidates(attempt.text):
            if variant.text not in seen:
                paths.setdefault(variant.text, (*attempt.path, variant))
    share = -(-(settings.budget - each.asked) // (settings.steps - step))
    chance = random.Random(f"{settings.seed}/{each.target.code}/{each.target.qid}/{step}")
    return _drawn(list(paths.values()), share, chance)


def _drawn(paths: list[tuple[Variant, ...]], number: int, chance: random.Random) -> list[tuple[Variant, ...]]:
    """As many as may be tried, from each operation about as many: of a word there are fifty replacements for each
    exchange.
    """
    if len(paths) <= number:
        return paths
    chance.shuffle(paths)
    by_operation: dict[Operation, list[tuple[Variant, ...]]] = {}
    for path in paths:
        by_operation.setdefault(path[-1].operation, []).append(path)
    in_turn = chain.from_iterable(zip_longest(*(by_operation[operation] for operation in sorted(by_operation))))
    return list(islice((path for path in in_turn if path is not None), number))


def _tried(
    hunts: Sequence[Hunt],
    originals: np.ndarray,
    tried: Sequence[Sequence[tuple[Variant, ...]]],
    victim: Victim,
    settings: AttackSettings,
) -> list[list[Attempt]]:
    owners = [row for row, paths in enumerate(tried) for _ in paths]
    paths = [path for mine in tried for path in mine]
    new: list[list[Attempt]] = [[] for _ in hunts]
    if not paths:
        return new
    vectors = victim.embed([path[-1].text for path in paths])
    stands = victim.judge(vectors, [hunts[row].target.relevant for row in owners])
    cosines = (_unit(vectors) * _unit(originals)[owners]).sum(axis=1)
    for row, path, cosine, margin, rank in zip(owners, paths, cosines, stands.margins, stands.ranks, strict=True):
        hunts[row].asked += 1
        if cosine < settings.min_similarity and not all(variant.kind in SAME_WORDS for variant in path):
            hunts[row].invalid += 1
            continue
        attempt = Attempt(path[-1].text, path, float(cosine), float(margin), int(rank))
        hunts[row].valid.append(attempt)
        new[row].append(attempt)
    return new


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
