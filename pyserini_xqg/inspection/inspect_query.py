"""The whole of the stage: search with and without, take the hits' scores apart, count ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import InputError, Location, UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_contents
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.inspection.compared import PlainComparison, compared_with
from pyserini_xqg.inspection.generated import generated_queries
from pyserini_xqg.inspection.hits import ExplainedHit, InspectedQuestion, Inspection, RankChange
from pyserini_xqg.inspection.parts import TakenApart, expected_share, language_shares, query_shares, taken_apart
from pyserini_xqg.inspection.scan import ScannedPassage, Stored, numbers_above, read_passages_of
from pyserini_xqg.inspection.source import OpenedIndex, fused_as
from pyserini_xqg.search.same_encoder import check_encoder
from pyserini_xqg.store.fused_store import FusedStore
from pyserini_xqg.store.vector_store import VectorStore


@dataclass(frozen=True, slots=True)
class InspectedIndex:
    """What an inspection looks at.

    :param plain: the index to compare with; None for the store's own passages at alpha 0.
    :param queries: the queries that the store was encoded from, to show their texts; None to show none.
    :param corpus: the passages, to show their texts; None to show none.
    """

    index: OpenedIndex
    store: VectorStore
    plain: OpenedIndex | None = None
    queries: Path | None = None
    corpus: Path | None = None


def inspect(material: InspectedIndex, encoder: Encoder, question: InspectedQuestion, hits: int) -> Inspection:
    """Look into one question.

    :param hits: how many of the best passages to show.
    :raises EncoderError: the encoder is not the one that made the index.
    :raises InputError: queries or corpus do not hold the hits.
    :raises UsageError: ``hits`` is below 1.
    """
    if hits < 1:
        raise UsageError(f"--hits is {hits}; it must be at least 1")
    for index in filter(None, (material.index, material.plain)):
        check_encoder(index.folder, index.manifest, encoder.folder, encoder.config)
    fused, vector = fused_as(material.index, material.store), encoder.encode_one(question.text, Side.QUERY)
    found = material.index.search(vector, hits)
    plain = compared_with(material.plain, fused, vector, hits)
    docids = list(dict.fromkeys(hit.docid for hit in (*found, *plain.best)))
    elsewhere = sorted((question.relevant or frozenset()) - set(docids))[:hits]
    stored = _read(fused, docids, elsewhere)
    apart = taken_apart(stored, vector, fused.recipe)
    standings = _standings(fused, found, plain, apart, question)
    best = {hit.docid: apart[hit.docid] for hit in found}
    made, embedded = _hits(material, fused, encoder, best, standings)
    return Inspection(
        question=question,
        index=str(material.index.folder),
        manifest=material.index.manifest,
        plain=plain.name,
        plain_depth=plain.depth,
        hits=made,
        plain_best=tuple(standings[hit.docid] for hit in plain.best),
        missed=tuple(standings[docid] for docid in elsewhere if docid in standings),
        residue=max((abs(hit.total - hit.standing.score) for hit in made), default=0.0),
        embedded_residue=max(map(_embedded_residue, made), default=0.0) if embedded else None,
    )


def _read(fused: FusedStore, docids: Sequence[str], elsewhere: Sequence[str]) -> dict[str, Stored]:
    stored = read_passages_of(fused, {*docids, *elsewhere})
    for docid in docids:
        if docid not in stored:
            raise UsageError(
                f"{fused.store.folder} has no passage {docid!r}, which was found: the --plain-index is of another "
                "corpus"
            )
    return stored


def _standings(
    fused: FusedStore,
    found: Sequence[ScannedPassage],
    plain: PlainComparison,
    apart: Mapping[str, TakenApart],
    question: InspectedQuestion,
) -> dict[str, RankChange]:
    """Ranks on both sides: those of the hits as they were found, the others' counted."""
    scores = {docid: own.shares.score for docid, own in apart.items()} | {hit.docid: hit.score for hit in found}
    ranks = {hit.docid: rank for rank, hit in enumerate(found, 1)}
    rest = [own for docid, own in apart.items() if docid not in ranks]
    if rest:
        above = numbers_above(fused, rest[0].question, [own.shares.score for own in rest]).tolist()
        ranks |= {own.docid: max(number, len(found)) + 1 for own, number in zip(rest, above, strict=True)}
    before = plain.places({docid: own.stored.vectors for docid, own in apart.items()})
    relevant = question.relevant or frozenset()
    return {
        docid: RankChange(docid, ranks[docid], scores[docid], *before[docid], docid in relevant) for docid in scores
    }


def _hits(
    material: InspectedIndex,
    fused: FusedStore,
    encoder: Encoder,
    best: Mapping[str, TakenApart],
    standings: Mapping[str, RankChange],
) -> tuple[tuple[ExplainedHit, ...], bool]:
    """The hits, and whether their queries were embedded again."""
    store = fused.store
    generated = generated_queries(
        store.meta, fused.recipe, {docid: own.stored for docid, own in best.items()}, material.queries, encoder
    )
    texts = _texts(material.corpus, set(best))
    languages = language_shares(fused, best, standings)
    hits = tuple(
        ExplainedHit(
            standing=standings[docid],
            own=own.shares.own,
            own_product=own.own_product,
            plain=own.plain_score,
            languages=languages[docid],
            expected=expected_share(own),
            queries=query_shares(own, generated.get(docid, ())),
            view=own.shares.view,
            text=texts.get(docid, ""),
        )
        for docid, own in best.items()
    )
    return hits, material.queries is not None and store.meta.keep is not Keep.RANKS


def _texts(corpus: Path | None, docids: set[str]) -> dict[str, str]:
    if corpus is None:
        return {}
    texts = read_contents(corpus, docids)
    if missing := sorted(docids - texts.keys()):
        raise InputError(
            Location(corpus), f"holds no passage {missing[0]!r}; give the corpus that the store was encoded from"
        )
    return texts


def _embedded_residue(hit: ExplainedHit) -> float:
    return abs(
        hit.own + hit.expected_share + float(np.sum([query.share for query in hit.queries])) - hit.standing.score
    )
