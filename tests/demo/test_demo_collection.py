"""The embedded collection keeps what it promises."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from pyserini_xqg.demo.collection import LANGUAGES, write_collection
from pyserini_xqg.input.passages import Passage, read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import PassageQueries, read_queries
from pyserini_xqg.input.topics import read_topics

SCRIPTS = {
    "ar": "ARABIC",
    "bn": "BENGALI",
    "fi": "LATIN",
    "ko": "HANGUL",
    "ru": "CYRILLIC",
    "sw": "LATIN",
    "te": "TELUGU",
}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("collection")
    write_collection(folder)
    return folder


@pytest.fixture(scope="module")
def passages(collection: Path) -> list[Passage]:
    return list(read_passages(collection / "corpus.jsonl"))


@pytest.fixture(scope="module")
def queries(collection: Path) -> list[PassageQueries]:
    return list(read_queries(collection / "queries.jsonl"))


def test_at_least_sixty_passages_with_two_queries_a_language(passages: list[Passage], queries: list[PassageQueries]):
    assert len(passages) >= 60
    assert [record.docid for record in queries] == [passage.docid for passage in passages]
    assert all(
        {code: len(texts) for code, texts in record.queries.items()} == dict.fromkeys(LANGUAGES, 2)
        for record in queries
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_passage_has_one_other_test_query(collection: Path, queries: list[PassageQueries], code: str):
    topics = {topic.qid: topic.text for topic in read_topics(collection / f"topics.{code}.tsv")}
    judgments = list(read_qrels(collection / f"qrels.{code}.txt"))
    assert {judgment.docid for judgment in judgments} == {record.docid for record in queries}
    assert len(topics) == len(judgments) == len(queries)
    generated = {record.docid: record.queries[code] for record in queries}
    for judgment in judgments:
        for query in generated[judgment.docid]:
            assert _shared(topics[judgment.qid], query) < 0.6, (topics[judgment.qid], query)


@pytest.mark.parametrize("code", LANGUAGES)
def test_queries_are_in_their_own_script(collection: Path, queries: list[PassageQueries], code: str):
    texts = [text for record in queries for text in record.queries[code]] + [
        topic.text for topic in read_topics(collection / f"topics.{code}.tsv")
    ]
    scripts = (SCRIPTS[code],) if code in SCRIPTS else ("HIRAGANA", "KATAKANA", "CJK")
    for text in texts:
        letters = [character for character in text if character.isalpha()]
        own = sum(unicodedata.name(character, "").startswith(scripts) for character in letters)
        assert own > 0.6 * len(letters), text


def _shared(one: str, other: str) -> float:
    """Jaccard's measure over letter trigrams, which needs no words and so works in every script."""
    first, second = ({text[place : place + 3] for place in range(len(text) - 2)} for text in (one, other))
    return len(first & second) / max(1, len(first | second))
