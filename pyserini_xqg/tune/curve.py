"""From the swept rankings to a curve: a score a language and alpha, the average, and the best alpha."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings
from pyserini_xqg.evaluate.scoring.measures.registry import Measure
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.input.topics import Topic
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.dev_set import DevSet, read_dev_set
from pyserini_xqg.tune.kappas import fused_by_kappa
from pyserini_xqg.tune.measure import tunable
from pyserini_xqg.tune.sweep import sweep

_DEPTH_WITHOUT_CUTOFF = 1000


@dataclass(frozen=True, slots=True)
class Curve:
    """The score at each alpha.

    :param languages: language -> score at each alpha, 0 to 1.
    :param average: the mean over languages at each alpha.
    """

    recipe: Recipe
    measure: str
    alphas: tuple[float, ...]
    languages: Mapping[str, tuple[float, ...]]
    average: tuple[float, ...]

    @property
    def best(self) -> int:
        """Which alpha has the highest average; the smallest of those that tie."""
        return max(range(len(self.alphas)), key=lambda place: (self.average[place], -self.alphas[place]))


def curve_of(recipe: Recipe, measure: str, alphas: Sequence[float], languages: Mapping[str, Sequence[float]]) -> Curve:
    """The curve whose average is the mean over these languages."""
    average = tuple(fmean(scores) for scores in zip(*languages.values(), strict=True))
    return Curve(recipe, measure, tuple(alphas), {code: tuple(scores) for code, scores in languages.items()}, average)


def tune_curves(
    *,
    store: VectorStore,
    encoder: Encoder,
    topics: Path,
    qrels: Path,
    measure: Measure,
    recipe: Recipe,
    alphas: Sequence[float],
    kappas: Sequence[float | None],
    only: Sequence[str] = (),
) -> tuple[Curve, ...]:
    """Score a dev set at every alpha, a curve a kappa.

    :param kappas: None for what the store's variances say.
    :param topics: a file or a folder of ``topics.LANG.tsv``; ``qrels`` likewise.
    :param only: the topics' languages to tune on; empty for all in the folder.
    :raises EncoderError: the encoder is not the store's.
    :raises InputError: topics or qrels are missing or bad.
    :raises UsageError: the recipe cannot be had from this store, or the measure needs more than qrels.
    """
    tunable(measure)
    if not encoder.config.searches(store.meta.fingerprint):
        raise EncoderError(
            f"{store.folder} was made with {store.meta.encoder}, the queries' encoder is {encoder.folder}; use the "
            "same one"
        )
    by_kappa = fused_by_kappa(store, recipe, kappas)
    dev = read_dev_set(topics, qrels, only)
    asked = [(code, topic) for code, found in dev.topics.items() for topic in found]
    queries = encoder.encode([topic.text for _, topic in asked], Side.QUERY)
    docids = [docid for shard in store.shards() for docid in shard.docids()]
    depth = measure.cutoff or _DEPTH_WITHOUT_CUTOFF
    return tuple(
        _curve(fused.recipe, dev, asked, _Swept(docids, tuple(alphas), *sweep(fused, queries, alphas, depth)), measure)
        for fused in by_kappa
    )


@dataclass(frozen=True, slots=True)
class _Swept:
    """What :func:`~pyserini_xqg.tune.sweep.sweep` found, and what its passages are called."""

    docids: Sequence[str]
    alphas: tuple[float, ...]
    scores: np.ndarray
    numbers: np.ndarray


def _curve(recipe: Recipe, dev: DevSet, asked: Sequence[tuple[str, Topic]], swept: _Swept, measure: Measure) -> Curve:
    languages: dict[str, list[float]] = {code: [] for code in dev.topics}
    for place in range(len(swept.alphas)):
        rankings: dict[str, dict[str, dict[str, float]]] = {code: {} for code in dev.topics}
        for row, (code, topic) in enumerate(asked):
            rankings[code][topic.qid] = {
                swept.docids[number]: float(score)
                for number, score in zip(swept.numbers[place, row], swept.scores[place, row], strict=True)
            }
        for code in dev.topics:
            languages[code].append(score_rankings(rankings[code], dev.judgments[code], [measure]).mean(measure.name))
    return curve_of(recipe, measure.name, swept.alphas, languages)
