"""The card beside an index: true, the same each time, and its commands build the index again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from card_reader import commands, head_of, placed
from random_store import random_store
from tiny_corpus import generated_queries, passages, tree, write_jsonl

from pyserini_xqg.commands import main
from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.files.hashes import sha256
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.index.build_index import IndexOptions, build_index
from pyserini_xqg.index.cards.dense import index_card
from pyserini_xqg.index.sparse import SparseOptions, build_sparse_index
from pyserini_xqg.input.records import OnError
from pyserini_xqg.manifests.dense import read_manifest
from pyserini_xqg.manifests.kinds import FAISS_FACTORY, LATE
from pyserini_xqg.manifests.sparse import read_sparse_manifest
from pyserini_xqg.store.vector_store import VectorStore


def card_of(folder: Path) -> str:
    return (folder / "README.md").read_text(encoding="utf-8")


def test_it_says_what_the_index_is(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s").folder)
    build_index(store, tmp_path / "i", Recipe("views", 0.25, queries_per_language=2), IndexOptions(view_delimiter="→"))
    manifest, card = read_manifest(tmp_path / "i"), card_of(tmp_path / "i")
    assert head_of(card) == {
        "license": "unknown",
        "language": ["ar", "ja", "ru"],
        "library_name": "pyserini",
        "tags": ["pyserini", "pyserini-xqg", "dense-retrieval", "faiss"],
    }
    for true in (
        "| α | 0.25 |",
        "| κ | 8 |",
        "| queries of their own | of 21 passages have queries of their own: ar ",
        "; the others are drawn towards what is expected of them |",
        "| expected queries | each language's mean query (the store's queries)",
        "the first 2",
        f"| vectors | {manifest.vectors} × 16 |",
        "`→`",
        "d1→ar",
        manifest.fingerprint,
        manifest.store_inputs,
    ):
        assert true in card
    for name in ("index", "docid", "prior.npy"):
        assert f"| `{name}` | SHA-256 `{sha256(tmp_path / 'i' / name)}` |" in card
    assert str(tmp_path) not in card
    assert card == index_card(manifest)


@pytest.mark.parametrize(
    ("fusion", "alone", "with_kappa"),
    [
        ("mean", "`(1 − α) · passage + α · mean of its queries` |", "+ κ · expected query) / (n + κ)` |"),
        ("views", "+ α · mean of that language's queries`; a passage", "and one of the passage and the mean passage;"),
    ],
)
def test_it_says_no_more_of_kappa_than_there_is(tmp_path: Path, fusion: str, alone: str, with_kappa: str):
    store = VectorStore(random_store(tmp_path / "s").folder)
    for name, kappa in (("alone", 0.0), ("with", 8.0)):
        build_index(store, tmp_path / name, Recipe(fusion, kappa=kappa), IndexOptions(allow_none=True))
    cards = card_of(tmp_path / "alone"), card_of(tmp_path / "with")
    assert [alone in card for card in cards] == [True, False]
    assert [with_kappa in card for card in cards] == [False, True]
    assert "expected" not in cards[0]
    assert "| κ | 0 |" in cards[0]


def test_it_does_not_depend_on_where_the_index_lies(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s").folder)
    for name in ("a", "elsewhere"):
        build_index(store, tmp_path / name, Recipe(), IndexOptions(kind=LATE))
    assert tree(tmp_path / "a") == tree(tmp_path / "elsewhere")


def test_an_index_without_queries_claims_none(tmp_path: Path):
    store = VectorStore(random_store(tmp_path / "s", languages=()).folder)
    build_index(store, tmp_path / "i", Recipe(), IndexOptions())
    card = card_of(tmp_path / "i")
    assert "without generated queries" in card
    assert "joined" not in card
    assert "language" not in head_of(card)


def test_an_index_of_before_the_cards_stays_as_it_is(tmp_path: Path):
    """It is the same index, though nobody knew of kappa, its checksums or its store's making then."""
    store = VectorStore(random_store(tmp_path / "s").folder)
    recipe, options = Recipe(alpha=0.3, kappa=0.0), IndexOptions(allow_none=True)
    build_index(store, tmp_path / "i", recipe, options)
    (tmp_path / "i/README.md").unlink()
    old = json.loads((tmp_path / "i/xqg.json").read_text())
    del old["encoding"], old["checksums"], old["prior"], old["recipe"]["kappa"], old["recipe"]["kappas"]
    (tmp_path / "i/xqg.json").write_text(json.dumps(old))
    before = tree(tmp_path / "i")
    assert not build_index(store, tmp_path / "i", recipe, options).made
    assert tree(tmp_path / "i") == before
    assert "None are known" in index_card(read_manifest(tmp_path / "i"))


@pytest.mark.parametrize(
    ("kind", "recipe"),
    [
        (IndexOptions(), Recipe("views", 0.2, queries_per_language=1)),
        (IndexOptions(), Recipe(kappa=None)),
        (IndexOptions(allow_none=True), Recipe("views", 0.2, queries_per_language=1, plain_view=True, kappa=0.0)),
        (
            IndexOptions(kind=FAISS_FACTORY, factory="SQ8", allow_unequal=True),
            Recipe("sum", 0.01, normalize=False, languages=("ja",)),
        ),
    ],
)
def test_its_commands_build_it_again(tmp_path: Path, tiny_encoder: Path, kind: IndexOptions, recipe: Recipe):
    corpus = write_jsonl(tmp_path / "in/my corpus.jsonl", [*passages(20), "no JSON"])
    queries = write_jsonl(tmp_path / "in/queries.jsonl", generated_queries(20))
    options = EncodeOptions(keep=Keep.RANKS, dtype="float32", shard_size=7)
    encode(
        corpus=corpus,
        queries=queries,
        encoder=Encoder(tiny_encoder, Precision.FP32, 1),
        encoder_name=str(tiny_encoder),
        output=tmp_path / "s",
        options=options,
        on_error=OnError.SKIP,
    )
    build_index(VectorStore(tmp_path / "s"), tmp_path / "i", recipe, kind)
    steps = commands(card_of(tmp_path / "i"), "How it is built again")
    assert [words[0] for words in steps] == ["rebuild", "encode", "index"]
    places = {
        corpus.name: corpus,
        queries.name: queries,
        tiny_encoder.name: tiny_encoder,
        "STORE": tmp_path / "again",
        "INDEX": tmp_path / "j",
    }
    for words in steps[1:]:
        assert main(placed(words, places)) == 0
    assert tree(tmp_path / "again") == tree(tmp_path / "s")
    assert {name: data for name, data in tree(tmp_path / "j").items() if name != "xqg.json"} == {
        name: data for name, data in tree(tmp_path / "i").items() if name != "xqg.json"
    }
    assert main(placed(steps[0], {"xqg.json": tmp_path / "i/xqg.json", "AGAIN": tmp_path / "k"})) == 0
    assert tree(tmp_path / "k") == tree(tmp_path / "i")


def test_a_bm25_index_has_one_too(tmp_path: Path):
    corpus = write_jsonl(tmp_path / "corpus.jsonl", passages(12))
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(12, ("no", "sw")))
    build_sparse_index(
        corpus=corpus,
        queries=queries,
        output=tmp_path / "i",
        options=SparseOptions(queries_per_language=2, store_raw=True),
    )
    card, manifest = card_of(tmp_path / "i"), read_sparse_manifest(tmp_path / "i")
    assert head_of(card)["language"] == ["en", "no", "sw"]
    for true in (
        "| `xqg_sw` | Swahili |",
        "the first 2",
        "`-storeRaw`",
        sha256(corpus),
        sha256(queries),
        manifest.checksums["documents"],
    ):
        assert true in card
    assert str(tmp_path) not in card
    again, single = commands(card, "How it is built again")
    assert main(placed(single, {"corpus.jsonl": corpus, "queries.jsonl": queries, "INDEX": tmp_path / "j"})) == 0
    assert read_sparse_manifest(tmp_path / "j").checksums == manifest.checksums
    assert card_of(tmp_path / "j") == card
    assert main(placed(again, {"xqg.json": tmp_path / "i/xqg.json", "AGAIN": tmp_path / "k"})) == 0
    assert read_sparse_manifest(tmp_path / "k") == manifest


def test_lucene_and_anserini_do_not_mind_it(tmp_path: Path):
    """A card lies where Lucene keeps its files: its writer deletes, merges and commits there, and leaves it alone."""
    corpus = write_jsonl(tmp_path / "corpus.jsonl", passages(12))
    build_sparse_index(corpus=corpus, queries=None, output=tmp_path / "i")
    before = card_of(tmp_path / "i")
    from jnius import autoclass, cast
    from pyserini.index.lucene import LuceneIndexReader

    writing = autoclass("org.apache.lucene.index.IndexWriterConfig")()
    directory = autoclass("org.apache.lucene.store.FSDirectory").open(
        autoclass("java.nio.file.Paths").get(str(tmp_path / "i"))
    )
    writer = autoclass("org.apache.lucene.index.IndexWriter")(
        cast("org.apache.lucene.store.Directory", directory), writing
    )
    writer.deleteDocuments(
        autoclass("org.apache.lucene.search.TermQuery")(autoclass("org.apache.lucene.index.Term")("id", "d3"))
    )
    writer.forceMerge(1)
    writer.close()
    reader = LuceneIndexReader(str(tmp_path / "i"))
    assert reader.stats()["documents"] == 11
    reader.reader.close()
    assert card_of(tmp_path / "i") == before
