"""Whether variants mean the same: the cosine of original and variant under an encoder, and a threshold.

About half of automatic paraphrases ask something else (Penha, Câmara and Hauff 2022, section 4.3), so none is taken on
trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.perturb.settings import PerturbSettings
from pyserini_xqg.perturb.variant import SAME_WORDS, MeaningVerdict, Variant


@dataclass(frozen=True, slots=True)
class Judged:
    """A variant with its verdict.

    :param similarity: the cosine with its original; None where no encoder was asked.
    """

    variant: Variant
    verdict: MeaningVerdict
    similarity: float | None = None


def similarities(encoder: Encoder, originals: Sequence[str], variants: Sequence[str]) -> np.ndarray:
    """The cosine of each original with its variant, both as queries: float32 ``[pairs]``.

    :raises NotFiniteError: an embedding is NaN or infinite.
    """
    texts = list(dict.fromkeys([*originals, *variants]))
    place = {text: number for number, text in enumerate(texts)}
    vectors = encoder.encode(texts, Side.QUERY)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    left, right = vectors[[place[text] for text in originals]], vectors[[place[text] for text in variants]]
    return np.asarray((left * right).sum(axis=1), dtype=np.float32)


def needs_encoder(settings: PerturbSettings) -> bool:
    """Whether variants of this kind are judged by an encoder: those whose words change, and any where the user gave a
    threshold.
    """
    return settings.kind not in SAME_WORDS or settings.min_similarity is not None


def judge(
    encoder: Encoder | None, settings: PerturbSettings, originals: Sequence[str], variants: Sequence[Sequence[Variant]]
) -> list[list[Judged]]:
    """Judge the variants of each original."""
    if encoder is None or not needs_encoder(settings):
        verdict = MeaningVerdict.BY_CONSTRUCTION if settings.kind in SAME_WORDS else MeaningVerdict.UNCHECKED
        return [[Judged(variant, verdict) for variant in mine] for mine in variants]
    pairs = [(original, variant.text) for original, mine in zip(originals, variants, strict=True) for variant in mine]
    found = iter(similarities(encoder, *zip(*pairs, strict=True)) if pairs else ())
    return [
        [_judged(variant, float(next(found)), settings.threshold(variant.operation)) for variant in mine]
        for mine in variants
    ]


def _judged(variant: Variant, similarity: float, threshold: float) -> Judged:
    return Judged(variant, MeaningVerdict.KEPT if similarity >= threshold else MeaningVerdict.CHANGED, similarity)
