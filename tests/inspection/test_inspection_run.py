"""One question looked into on real indexes: shares, ranks with and without, and what bad input says."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_corpus import generated_queries, passages, write_jsonl

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.errors import EncoderError, InputError, StoreError, UsageError
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.inspection import compared
from pyserini_xqg.inspection.hits import InspectedQuestion
from pyserini_xqg.inspection.source import open_for_inspection, open_store, remembered_texts
from pyserini_xqg.manifests.dense import read_manifest, write_manifest
from pyserini_xqg.manifests.kinds import (
    FAISS_FACTORY,
    FAISS_FLAT,
    FAISS_HNSW,
    LATE,
    LUCENE_FLAT,
    LUCENE_HNSW,
    IndexKind,
)
from pyserini_xqg.search.searchers.late import LateIndex
from pyserini_xqg.store.vector_store import VectorStore

if TYPE_CHECKING:
    from conftest import Collection

QUESTION = "Who built the old bridge?"
RECIPES = {
    "mean": Recipe(),
    "raw": Recipe(alpha=0.6, normalize=False),
    "sum": Recipe("sum", 0.1, normalize=False),
    "views": Recipe("views"),
    "moments": Recipe("views", 0.5, kappa=None, languages=("ja", "es")),
    "own mean": Recipe(kappa=0.0),
    "own views": Recipe("views", kappa=0.0),
    "plain view": Recipe("views", 0.5, plain_view=True, languages=("ja", "es"), kappa=0.0),
}
Build = Callable[..., Path]


def ranking(collection: Collection, recipe: Recipe, keep: Keep = Keep.LANGUAGES) -> dict[str, tuple[int, float]]:
    """Rank and score of every passage."""
    store = VectorStore(collection.store(keep))
    docids = [docid for shard in store.shards() for docid in shard.docids()]
    scores, numbers = LateIndex(store.folder, recipe, allow_unequal=True).search(
        collection.encoder.encode([QUESTION], Side.QUERY), len(docids)
    )
    return {
        docids[number]: (rank, score) for rank, (number, score) in enumerate(zip(numbers[0], scores[0], strict=True), 1)
    }


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("keep", [Keep.LANGUAGES, Keep.RANKS])
def test_shares_add_up_and_ranks_are_those_of_whole_rankings(
    collection: Collection, index: Build, name: str, keep: Keep
):
    recipe = RECIPES[name]
    found = collection.inspect(index(recipe, keep), queries=collection.queries)
    with_, without = (
        ranking(collection, recipe, keep),
        ranking(collection, replace(recipe, alpha=0.0, fusion="mean"), keep),
    )
    assert [hit.standing.docid for hit in found.hits] == list(with_)[:5]
    assert [standing.docid for standing in found.plain_best] == list(without)[:5]
    for standing in (*found.plain_best, *(hit.standing for hit in found.hits)):
        assert (standing.rank, standing.score) == pytest.approx(with_[standing.docid], abs=1e-5)
        assert (standing.plain_rank, standing.plain_score) == pytest.approx(without[standing.docid], abs=1e-5)
    for hit in found.hits:
        assert hit.total == pytest.approx(hit.standing.score, abs=1e-5)
        assert hit.plain == pytest.approx(hit.standing.plain_score, abs=1e-5)
        queries = sum(query.share for query in hit.queries)
        assert hit.own + hit.expected_share + queries == pytest.approx(hit.standing.score, abs=1e-5)
        assert (hit.expected is not None) == (recipe.kappa != 0 and recipe.fusion != "sum")
        for language in hit.languages:
            mine = [query for query in hit.queries if query.language == language.language]
            assert len(mine) == language.number
            assert sum(query.share for query in mine) == pytest.approx(language.share, abs=1e-5)
            assert np.mean([query.product for query in mine]) == pytest.approx(language.product, abs=1e-5)
            assert all(query.text for query in mine)
    assert found.residue < 1e-5
    assert (found.embedded_residue is None) == (keep is Keep.RANKS)
    assert (found.embedded_residue or 0.0) < 1e-5


def test_what_a_language_is_worth_is_the_rank_in_an_index_where_this_passage_lacks_it(
    collection: Collection, index: Build, tmp_path: Path
):
    found = collection.inspect(index(Recipe(alpha=0.7, kappa=0.0)), hits=3)
    store = VectorStore(collection.store())
    looked_at = [(hit, language) for hit in found.hits for language in hit.languages]
    assert looked_at
    for number, (hit, language) in enumerate(looked_at):
        for rank, kept in (
            (language.rank_without, lambda code, mine=language.language: code != mine),
            (language.rank_alone, language.language.__eq__),
        ):
            changed = tmp_path / f"{number}-{rank is language.rank_alone}-{kept('ar')}"
            shutil.copytree(store.folder, changed)
            for shard in changed.glob("shards/*"):
                rows = [
                    row
                    for row, docid in enumerate((shard / "docids.txt").read_text().split())
                    if docid == hit.standing.docid
                ]
                counts = np.load(shard / "counts.npy")
                for column, code in enumerate(store.meta.languages):
                    if not kept(code):
                        sums = np.load(shard / f"sum.{code}.npy")
                        sums[rows] = counts[rows, column] = 0
                        np.save(shard / f"sum.{code}.npy", sums)
                np.save(shard / "counts.npy", counts)
            question = collection.encoder.encode([QUESTION], Side.QUERY)
            _, order = LateIndex(changed, Recipe(alpha=0.7, kappa=0.0), allow_unequal=True).search(question, 40)
            docids = [docid for shard in store.shards() for docid in shard.docids()]
            assert [docids[place] for place in order[0]].index(hit.standing.docid) + 1 == rank


def test_a_total_in_halves_has_one_part_for_all_languages(collection: Collection, index: Build):
    found = collection.inspect(index(Recipe(), Keep.TOTAL), queries=collection.queries)
    assert all([language.language for language in hit.languages] in ([""], []) for hit in found.hits)
    assert found.residue < 1e-5
    assert 0 < (found.embedded_residue or 0) < 1e-3  # the store holds halves, the texts are embedded in full


@pytest.mark.parametrize("kind", [FAISS_HNSW, LATE, LUCENE_FLAT, LUCENE_HNSW])
@pytest.mark.parametrize("name", ["mean", "views"])
def test_every_kind_of_index_says_what_the_flat_one_says(
    collection: Collection, index: Build, kind: IndexKind, name: str
):
    # A graph is looked through with as many candidates as vectors are asked for: these are enough to miss nothing.
    flat, other = (collection.inspect(index(RECIPES[name], kind=of), hits=12) for of in (FAISS_FLAT, kind))
    assert [hit.standing.docid for hit in other.hits] == [hit.standing.docid for hit in flat.hits]
    assert other.residue < 1e-5
    for ours, theirs in zip(other.hits, flat.hits, strict=True):
        assert (ours.own, ours.view, ours.languages) == (theirs.own, theirs.view, theirs.languages)
        assert ours.expected == theirs.expected


def test_a_quantised_index_says_how_far_its_scores_are_from_the_sum(collection: Collection, index: Build):
    found = collection.inspect(index(Recipe(), kind=FAISS_FACTORY, factory="SQ4"))
    assert 1e-4 < found.residue < 0.1
    assert all(language.rank_without >= 1 for hit in found.hits for language in hit.languages)


def test_beside_an_index_that_is_there(collection: Collection, index: Build, monkeypatch: pytest.MonkeyPatch):
    mine, plain = index(Recipe(alpha=0.6)), index(Recipe(alpha=0.0))
    computed = collection.inspect(mine)
    beside = collection.inspect(mine, plain=open_for_inspection(plain))
    assert [standing.docid for standing in beside.plain_best] == [standing.docid for standing in computed.plain_best]
    assert [hit.standing.plain_rank for hit in beside.hits] == [hit.standing.plain_rank for hit in computed.hits]
    assert (beside.plain_depth, beside.plain) == (40, f"{plain}: alpha 0")
    monkeypatch.setattr(compared, "DEPTH", 1)
    shallow = collection.inspect(
        mine, InspectedQuestion(QUESTION), 1, plain=open_for_inspection(index(Recipe(alpha=1.0)))
    )
    assert shallow.hits[0].standing.plain_rank in (1, None)
    assert shallow.plain_depth == 1


def test_relevant_passages_are_marked_and_those_in_neither_list_followed(collection: Collection, index: Build):
    every = ranking(collection, Recipe())
    best, last = next(iter(every)), list(every)[-1]
    found = collection.inspect(index(), InspectedQuestion(QUESTION, relevant=frozenset({best, last, "elsewhere"})), 2)
    assert [hit.standing.relevant for hit in found.hits] == [True, False]
    assert [(standing.docid, standing.rank) for standing in found.missed] == [(last, 40)]


def test_texts_come_from_the_corpus_and_the_queries_that_the_store_remembers(collection: Collection, index: Build):
    known = remembered_texts(VectorStore(collection.store()))
    assert (known.corpus, known.queries) == (collection.corpus, collection.queries)
    found = collection.inspect(index(), corpus=known.corpus)
    assert {hit.standing.docid: hit.text for hit in found.hits} == {
        record["id"]: record["contents"].strip()
        for record in passages(40)
        if record["id"] in {hit.standing.docid for hit in found.hits}
    }
    assert not any(hit.queries for hit in found.hits)


# Bad input


def test_other_queries_and_another_corpus_are_named(collection: Collection, index: Build, tmp_path: Path):
    built = index()
    others = write_jsonl(tmp_path / "others.jsonl", generated_queries(40, ("ar", "ja", "es"), seed=9))
    with pytest.raises(
        InputError,
        match=r"others.jsonl:\d+: passage 'd\d+' has \d queries in \w\w, in the store it has \d; give the queries that",
    ):
        collection.inspect(built, queries=others)
    few = write_jsonl(tmp_path / "few.jsonl", [{"id": "x", "queries": {}}])
    with pytest.raises(InputError, match=r"few.jsonl: holds no queries of 'd\d+', and the store does"):
        collection.inspect(built, queries=few)
    with pytest.raises(InputError, match=r"short.jsonl: holds no passage 'd\d+'"):
        collection.inspect(built, corpus=write_jsonl(tmp_path / "short.jsonl", [{"id": "x", "contents": "y"}]))


def test_an_empty_question_and_no_hits_are_refused(collection: Collection, index: Build):
    with pytest.raises(UsageError, match="the question is empty"):
        collection.inspect(index(), "  ")
    with pytest.raises(UsageError, match="--hits is 0"):
        collection.inspect(index(), QUESTION, 0)


def test_an_index_of_another_make_is_refused(collection: Collection, tmp_path: Path):
    with pytest.raises(UsageError, match="no such folder"):
        open_for_inspection(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"is not an index of ours: it has no xqg.json"):
        open_for_inspection(tmp_path)


def test_a_store_that_is_gone_or_another_is_named(collection: Collection, index: Build, tmp_path: Path):
    built = index()
    manifest = read_manifest(built)
    assert manifest is not None
    write_manifest(built, replace(manifest, store=str(tmp_path / "gone")))
    opened = open_for_inspection(built)
    with pytest.raises(StoreError, match=r"gone, is not there; say where it is now with --store"):
        open_store(opened, None)
    assert open_store(opened, collection.store()).folder == collection.store()
    from random_store import random_store

    with pytest.raises(UsageError, match="is not the store that"):
        open_store(opened, random_store(tmp_path / "other").folder)


def test_another_encoder_is_refused(collection: Collection, index: Build):
    built = index()
    manifest = read_manifest(built)
    assert manifest is not None
    write_manifest(built, replace(manifest, fingerprint="0" * 64))
    opened = open_for_inspection(built)
    from pyserini_xqg.inspection.inspect_query import InspectedIndex, inspect

    with pytest.raises(EncoderError, match="search with the same one"):
        inspect(
            InspectedIndex(opened, VectorStore(collection.store())), collection.encoder, InspectedQuestion(QUESTION), 3
        )


def test_an_encoder_of_questions_alone_cannot_embed_the_texts_again(collection: Collection, index: Build):
    built = index()
    encoder = Encoder(collection.encoder.folder, collection.encoder.precision, 1)
    from pyserini_xqg.encoder.folder import PassageTower
    from pyserini_xqg.inspection.inspect_query import InspectedIndex, inspect

    encoder.config = replace(
        encoder.config,
        query_prefix="ask: ",
        passages=PassageTower("the original", collection.encoder.config.fingerprint),
    )
    opened = open_for_inspection(built)
    material = InspectedIndex(opened, open_store(opened, None), queries=collection.queries)
    with pytest.raises(UsageError, match="embeds questions only"):
        inspect(material, encoder, InspectedQuestion(QUESTION), 3)
