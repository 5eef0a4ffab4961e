"""XQuAD: the real files, and small ones that are wrong in one place each."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.datasets.xquad import Articles, XquadOptions, build
from pyserini_xqg.errors import InputError
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.queries import read_queries
from pyserini_xqg.input.topics import read_topics

LANGUAGES = ["ar", "de", "el", "en", "es", "hi", "ru", "zh"]


def convert(
    place: Path, output: Path, *, oracle_queries: bool = False, articles: Articles = Articles.ALL
) -> DatasetRecord:
    return write_dataset(output, lambda folder: build(place, folder, XquadOptions(oracle_queries, articles)))[0]


@pytest.fixture(scope="module")
def oracle(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("xquad") / "oracle"
    convert(data_dir / "xquad", output, oracle_queries=True)
    return output


def squad(data_dir: Path, code: str) -> list[dict[str, Any]]:
    data = json.loads((data_dir / "xquad" / f"xquad.{code}.json").read_text(encoding="utf-8"))["data"]
    return [paragraph for article in data for paragraph in article["paragraphs"]]


def test_the_corpus_is_the_english_paragraphs_as_they_stand(data_dir: Path, oracle: Path):
    records = [json.loads(line) for line in (oracle / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["contents"] for record in records] == [paragraph["context"] for paragraph in squad(data_dir, "en")]
    assert len({record["id"] for record in records}) == 240
    assert records[0]["id"] == "Super_Bowl_50-0"
    assert records[0]["title"] == "Super Bowl 50"
    assert not any(set(record["id"]) & set(" #\t") for record in records)
    assert len(list(read_passages(oracle / "corpus.jsonl"))) == 240


def test_without_oracle_queries_all_questions_are_topics(data_dir: Path, tmp_path: Path):
    found = convert(data_dir / "xquad", tmp_path / "plain")
    assert not (tmp_path / "plain" / "queries.jsonl").exists()
    for code in LANGUAGES:
        assert len(list(read_topics(tmp_path / "plain" / f"topics.{code}.tsv"))) == 1190
        assert found.counts[f"qrels.{code}.txt"] == 1190
    titles = {passage.docid: passage.contents for passage in read_passages(tmp_path / "plain" / "corpus.jsonl")}
    answer_to = {judgment.qid: titles[judgment.docid] for judgment in read_qrels(tmp_path / "plain" / "qrels.zh.txt")}
    for paragraph in squad(data_dir, "en"):
        assert all(answer_to[question["id"]] == paragraph["context"].strip() for question in paragraph["qas"])


def test_even_questions_become_queries_and_odd_ones_topics(data_dir: Path, oracle: Path):
    queries = list(read_queries(oracle / "queries.jsonl"))
    per_language = Counter(
        {code: sum(len(record.queries[code]) for record in queries) for code in LANGUAGES if code != "en"}
    )
    assert per_language == dict.fromkeys((code for code in LANGUAGES if code != "en"), 680)
    assert all("en" not in record.queries for record in queries)
    for code in LANGUAGES:
        topics = {topic.qid: topic.text for topic in read_topics(oracle / f"topics.{code}.tsv")}
        odd = {
            question["id"]: question["question"]
            for paragraph in squad(data_dir, code)
            for question in paragraph["qas"][1::2]
        }
        assert topics.keys() == odd.keys()
        assert len(topics) == 510
        assert [topics[qid] for qid in odd] == [
            " ".join(text.splitlines()).replace("\t", " ").strip() for text in odd.values()
        ]
    first, arabic = queries[0], squad(data_dir, "ar")[0]["qas"]
    assert first.docid == "Super_Bowl_50-0"
    assert list(first.queries["ar"]) == [question["question"].strip() for question in arabic[::2]]


def test_halves_by_articles_share_nothing_and_leave_nothing_out(data_dir: Path, tmp_path: Path):
    whole = {question["id"] for paragraph in squad(data_dir, "ar") for question in paragraph["qas"]}
    found: list[tuple[set[str], set[str]]] = []
    for which in Articles:
        convert(data_dir / "xquad", tmp_path / which, articles=which)
        passages = {passage.contents for passage in read_passages(tmp_path / which / "corpus.jsonl")}
        found.append((passages, {topic.qid for topic in read_topics(tmp_path / which / "topics.ar.tsv")}))
    every, even, odd = found
    assert every[1] == whole
    for place in range(2):
        assert not even[place] & odd[place]
        assert even[place] | odd[place] == every[place]


@pytest.mark.parametrize("with_queries", [False, True])
def test_peoples_translations_stand_beside_or_in_place_of_queries(data_dir: Path, tmp_path: Path, with_queries: bool):
    options = XquadOptions(with_queries, Articles.ODD, oracle_translations=True)
    write_dataset(tmp_path / "out", lambda folder: build(data_dir / "xquad", folder, options))
    passages = {passage.docid: passage for passage in read_passages(tmp_path / "out" / "corpus.jsonl")}
    found = {texts.docid: texts for texts in read_queries(tmp_path / "out" / "queries.jsonl")}
    assert list(found) == list(passages)
    assert len(found) == 120
    kinds = {code for texts in found.values() for code in texts.queries}
    translated = {f"{code}.translation" for code in LANGUAGES if code != "en"}
    assert kinds == translated | ({code for code in LANGUAGES if code != "en"} if with_queries else set())
    raw = json.loads((data_dir / "xquad" / "xquad.de.json").read_text(encoding="utf-8"))
    german = [paragraph["context"].strip() for article in raw["data"][1::2] for paragraph in article["paragraphs"]]
    assert [texts.queries["de.translation"] for texts in found.values()] == [(text,) for text in german]
    topics = len(list(read_topics(tmp_path / "out" / "topics.de.tsv")))
    assert topics == len(list(read_topics(tmp_path / "out" / "topics.en.tsv")))


def test_dataset_json_tells_sources_and_what_was_changed(oracle: Path):
    found = json.loads((oracle / "dataset.json").read_text(encoding="utf-8"))
    assert (found["name"], found["licence"], found["options"]) == (
        "xquad",
        "CC BY-SA 4.0",
        {"oracle_queries": True, "articles": "all", "oracle_translations": False},
    )
    assert [source["file"] for source in found["sources"]] == [f"xquad.{code}.json" for code in LANGUAGES]
    assert all(source["as_published"] for source in found["sources"])
    assert found["counts"]["topics.ar.tsv"] == 510
    assert {tuple(remark["counts"].items()) for remark in found["remarks"]} == {
        (("ar", 1),),  # one Arabic question ends in a tab
        tuple((code, 680) for code in LANGUAGES if code != "en"),
        (("en", 680),),
    }


def test_the_same_input_gives_the_same_bytes(data_dir: Path, tmp_path: Path, oracle: Path):
    convert(data_dir / "xquad", tmp_path / "again", oracle_queries=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == {
        path.name: path.read_bytes() for path in oracle.iterdir()
    }


def question(qid: str, text: str) -> dict[str, Any]:
    return {"id": qid, "question": text, "answers": []}


def write(folder: Path, code: str, paragraphs: list[dict[str, Any]], title: str = "A Title#1") -> None:
    folder.mkdir(exist_ok=True)
    content = {"data": [{"title": title, "paragraphs": paragraphs}], "version": "1.1"}
    (folder / f"xquad.{code}.json").write_text(json.dumps(content), encoding="utf-8")


def small(folder: Path) -> Path:
    write(
        folder,
        "en",
        [
            {"context": " One.\nTwo. ", "qas": [question("q0", "zero"), question("q1", "one")]},
            {"context": "Three.", "qas": [question("q2", "two")]},
        ],
    )
    write(
        folder,
        "sw",
        [
            {"context": "Tatu.", "qas": [question("q2", "\tmbili\r\nna\u2028nusu ")]},
            {"context": "Moja.", "qas": [question("q1", "moja")]},
        ],
    )
    return folder


def test_tabs_and_line_ends_in_questions_become_spaces_and_order_does_not_matter(tmp_path: Path):
    convert(small(tmp_path / "in"), tmp_path / "out", oracle_queries=True)
    assert (tmp_path / "out" / "topics.sw.tsv").read_text() == "q1\tmoja\n"
    assert json.loads((tmp_path / "out" / "queries.jsonl").read_text()) == {
        "id": "A_Title_1-1",
        "queries": {"sw": ["mbili na nusu"]},
    }
    assert json.loads((tmp_path / "out" / "corpus.jsonl").read_text().splitlines()[0])["contents"] == " One.\nTwo. "
    assert convert(tmp_path / "in", tmp_path / "out", oracle_queries=True).remarks[0].counts == {"sw": 1}


def test_articles_with_one_title_keep_their_docids_apart(tmp_path: Path):
    (tmp_path / "xquad.en.json").write_text(
        json.dumps(
            {
                "data": [
                    {"title": "T", "paragraphs": [{"context": str(n), "qas": [question(f"q{n}", "?")]}]}
                    for n in range(2)
                ]
            }
        )
    )
    convert(tmp_path, tmp_path / "out")
    assert [passage.docid for passage in read_passages(tmp_path / "out" / "corpus.jsonl")] == ["T-0", "T-1"]


def test_english_is_needed(tmp_path: Path):
    write(tmp_path / "in", "sw", [])
    with pytest.raises(InputError, match=r"lacks xquad\.en\.json, whose paragraphs are the corpus; found sw"):
        convert(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("code", "content", "message"),
    [
        ("sw", '{"data": [', r"xquad\.sw\.json:1: malformed JSON"),
        ("sw", "[]", r"xquad\.sw\.json: not in SQuAD's format: the file has no list 'data'"),
        (
            "sw",
            '{"data": [{"title": "t"}]}',
            r"xquad\.sw\.json: not in SQuAD's format: data\[0\] has no list 'paragraphs'",
        ),
        (
            "sw",
            '{"data": [{"title": "t", "paragraphs": [{"qas": []}]}]}',
            r"data\[0\]\.paragraphs\[0\] has no text 'context'",
        ),
        (
            "sw",
            '{"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"id": "q0", "question": " "}]}]}]}',
            r"qas\[0\] has no text 'question'",
        ),
        (
            "sw",
            '{"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"id": "q0", "question": "a"}, {"id": '
            '"q0", "question": "b"}]}]}]}',
            r"xquad\.sw\.json: data\[0\]\.paragraphs\[0\]\.qas\[1\]: the id 'q0' is there already",
        ),
        (
            "sw",
            '{"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": [{"id": "new", "question": "a"}]}]}]}',
            r"question 'new' is not in xquad\.en",
        ),
        ("tlh", '{"data": []}', r"xquad\.tlh\.json: unknown language code 'tlh'"),
    ],
)
def test_malformed_files_are_named_and_nothing_is_written(tmp_path: Path, code: str, content: str, message: str):
    (small(tmp_path / "in") / f"xquad.{code}.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        convert(tmp_path / "in", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
