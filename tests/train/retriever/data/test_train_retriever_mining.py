"""Hard negatives, found by Pyserini's own searchers: never a relevant passage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from retriever_data import command, write_towns
from tiny_corpus import xqg

from pyserini_xqg.errors import UsageError
from pyserini_xqg.input.records import OnError
from pyserini_xqg.train.retriever.data.mining import MinedHit, Miner, Mining, chosen
from pyserini_xqg.train.retriever.data.questions import LeftOutQueries, Passages
from pyserini_xqg.train.retriever.data.reading import Reader

HITS = [MinedHit(4, 0.9), MinedHit(1, 0.8), MinedHit(7, 0.77), MinedHit(2, 0.5), MinedHit(3, 0.1)]


def test_a_relevant_passage_is_never_chosen():
    for relevant in ({4}, {1, 2}, {3}, {4, 1, 7, 2, 3}):
        assert not {hit.number for hit in chosen(HITS, relevant, Mining((Miner.BM25,)))} & relevant


def test_the_best_are_kept():
    assert [hit.number for hit in chosen(HITS, {1}, Mining((Miner.BM25,), number=2))] == [4, 7]


def test_a_margin_leaves_out_what_may_be_an_answer_too():
    assert [hit.number for hit in chosen(HITS, {1}, Mining((Miner.BM25,), margin=0.95))] == [2, 3]
    assert chosen(HITS, {99}, Mining((Miner.BM25,), margin=0.95)) == []
    below = [MinedHit(1, -1.0), MinedHit(2, -1.02), MinedHit(3, -1.5)]
    assert [hit.number for hit in chosen(below, {1}, Mining((Miner.DENSE,), margin=0.95))] == [3]


def test_numbers_that_cannot_be():
    for changes in ({"depth": 0}, {"number": 0}, {"margin": 0.0}):
        with pytest.raises(UsageError, match="--mine-"):
            Mining((Miner.BM25,), **changes)


@pytest.fixture(scope="module")
def mined(tiny_bert: Path, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A retriever trained with negatives of both miners, in a process of its own because of the JVM."""
    folder = tmp_path_factory.mktemp("mined")
    flags = [
        "--objective",
        "contrastive",
        "--mine",
        "dense,bm25",
        "--mine-number",
        4,
        "--mine-depth",
        10,
        "--hard-negatives",
        3,
        "--steps",
        4,
    ]
    words = command(write_towns(folder / "towns"), tiny_bert, tiny_encoder, folder / "out", *flags)
    child = xqg(*words)
    assert child.returncode == 0, child.stderr
    return folder


def test_what_was_found(mined: Path):
    records = [json.loads(line) for line in (mined / "out" / "report" / "mined.jsonl").read_text().splitlines()]
    assert len(records) == sum(json.loads((mined / "out" / "report" / "train.json").read_text())["train"].values())
    for record in records:
        (own,) = record["positive_passages"]
        docids = [passage["docid"] for passage in record["negative_passages"]]
        assert own["docid"] not in docids
        assert len(set(docids)) == len(docids) >= 4
    ways = {passage["by"] for record in records for passage in record["negative_passages"]}
    assert ways == {"bm25", "dense"}
    # BM25 finds the other passages of the same building first: they share the query's one rare word.
    english = next(
        record
        for record in records
        if record["query"] == "When did the harbour in Lima open?" or "in Oslo" in record["query"]
    )
    topic = english["query"].split(" in ")[0].split()[-1]
    assert all(
        topic in passage["text"] or "of " in passage["text"]
        for passage in english["negative_passages"][:2]
        if passage["by"] == "bm25"
    )


def test_it_can_be_read_again(mined: Path):
    passages = Passages()
    found = Reader(passages, (), 10, OnError.STOP, LeftOutQueries()).read(
        [mined / "out" / "report" / "mined.jsonl"], labelled=True
    )
    assert all(question.negatives and not set(question.negatives) & set(question.positives) for question in found)
