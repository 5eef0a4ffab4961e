"""The other side: the same question without xQG."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pyserini_xqg.fusion.shares import PassageVectors
from pyserini_xqg.inspection.scan import ScannedPassage, best_passages, numbers_above, plain_of
from pyserini_xqg.inspection.source import OpenedIndex
from pyserini_xqg.store.fused_store import FusedStore

DEPTH = 1000
"""How far down another index is looked for a passage; the store itself is looked through whole."""


@dataclass(frozen=True, slots=True)
class PlainComparison:
    """What is found without xQG.

    :param name: what it is, in words.
    :param depth: how far down ranks are known; None for all the way.
    :param best: the best passages, best first.
    :param places: gives the rank and score of passages, None and None where one is further down.
    """

    name: str
    depth: int | None
    best: tuple[ScannedPassage, ...]
    places: Callable[[Mapping[str, PassageVectors]], dict[str, tuple[int | None, float | None]]]


def compared_with(index: OpenedIndex | None, fused: FusedStore, question: np.ndarray, hits: int) -> PlainComparison:
    """Ask an index, or where there is none the store's passages at alpha 0, exactly.

    :param question: float32 ``[dimension]``.
    """
    return _in_store(fused, question, hits) if index is None else _in_index(index, question, hits)


def _in_index(index: OpenedIndex, question: np.ndarray, hits: int) -> PlainComparison:
    found = index.search(question, max(hits, DEPTH))
    known = {hit.docid: (rank, hit.score) for rank, hit in enumerate(found, 1)}
    its = index.manifest.recipe
    recipe = "alpha 0" if its.alpha == 0 else f"{its.fusion}, alpha {its.alpha:g}"
    return PlainComparison(
        f"{index.folder}: {recipe}",
        len(found),
        tuple(found[:hits]),
        lambda passages: {id_: known.get(id_, (None, None)) for id_ in passages},
    )


def _in_store(fused: FusedStore, question: np.ndarray, hits: int) -> PlainComparison:
    plain = plain_of(fused)
    best = tuple(best_passages(plain, question, hits))
    known: dict[str, tuple[int | None, float | None]] = {
        hit.docid: (rank, hit.score) for rank, hit in enumerate(best, 1)
    }

    def places(passages: Mapping[str, PassageVectors]) -> dict[str, tuple[int | None, float | None]]:
        rest = {
            docid: float(own.plain(fused.recipe.normalize) @ question)
            for docid, own in passages.items()
            if docid not in known
        }
        above = numbers_above(plain, question, list(rest.values())).tolist()
        counted = {
            docid: (max(number, len(best)) + 1, score)
            for (docid, score), number in zip(rest.items(), above, strict=True)
        }
        return known | counted

    return PlainComparison("the same passages at alpha 0", None, best, places)
