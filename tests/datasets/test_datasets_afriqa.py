"""AfriQA: the real files, and small ones that are odd or wrong in one place each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pyserini_xqg.datasets.afriqa import AfriqaOptions, AfriqaSplit, build
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.inputs.judgments import read_answers
from pyserini_xqg.input.passages import read_passages
from pyserini_xqg.input.qrels import read_qrels
from pyserini_xqg.input.topics import read_topics

TEST = {"bem": 308, "fon": 386, "ha": 300, "ig": 409, "rw": 345, "sw": 295, "tw": 486}


def convert(place: Path, output: Path, options: AfriqaOptions = AfriqaOptions()) -> DatasetRecord:  # noqa: B008
    return write_dataset(output, lambda folder: build(place, folder, options))[0]


def row(number: int, **other: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "question_lang": f"Ina birni {number} yake?",
        "question_translated": f"Where is town {number}?",
        "title": f"Town {number}",
        "context": f"Town {number} is\nin the north.",
        "answer_pivot": {"answer_start": [0], "text": ["north"]},
        "answer_lang": "arewa",
    } | other


def write(place: Path, *rows: dict[str, Any], language: str = "hau", pivot: str = "en", split: str = "test") -> Path:
    place.mkdir(exist_ok=True)
    path = place / f"gold_span_passages.afriqa.{language}.{pivot}.{split}.json"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), encoding="utf-8")
    return place


def contents(folder: Path) -> dict[str, str]:
    return {passage.docid: passage.contents for passage in read_passages(folder / "corpus.jsonl")}


@pytest.fixture(scope="module")
def real(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DatasetRecord]:
    output = tmp_path_factory.mktemp("afriqa") / "out"
    return output, convert(data_dir / "afriqa", output)


def test_the_published_numbers(data_dir: Path, real: tuple[Path, DatasetRecord]):
    found = real[1]
    assert {code: found.counts[f"topics.{code}.tsv"] for code in TEST} == TEST
    assert {code: found.counts[f"topics-translated.{code}.tsv"] for code in TEST} == TEST
    assert all(source.as_published for source in found.sources)
    assert [(remark.what, dict(remark.counts)) for remark in found.remarks] == [
        ("rows without a passage: left out", {"bem": 1, "rw": 2})
    ]
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines()) for path in (data_dir / "afriqa").glob("*.test.json")
    )
    assert sum(TEST.values()) + 3 == lines
    assert found.counts["corpus.jsonl"] == 2372


def test_the_first_questions_of_each_language_with_their_passages(
    data_dir: Path, real: tuple[Path, DatasetRecord], tmp_path: Path
):
    output, _ = real
    found = convert(data_dir / "afriqa", tmp_path / "few", AfriqaOptions(questions="5"))
    for code in TEST:
        few, every = (list(read_topics(folder / f"topics.{code}.tsv")) for folder in (tmp_path / "few", output))
        assert few == every[:5]
    judged = {line.docid for code in TEST for line in read_qrels(tmp_path / "few" / f"qrels.{code}.txt")}
    assert contents(tmp_path / "few").keys() == judged
    assert found.options["questions"] == "5"
    for wrong in ("0", "many", "-1"):
        with pytest.raises(UsageError, match=f"--questions {wrong}: expected a number from 1 on"):
            convert(data_dir / "afriqa", tmp_path / "wrong", AfriqaOptions(questions=wrong))
    assert not (tmp_path / "wrong").exists()


def test_each_question_has_its_own_passage(data_dir: Path, real: tuple[Path, DatasetRecord]):
    output, _ = real
    passages = contents(output)
    relevant = {line.qid: line.docid for line in read_qrels(output / "qrels.fon.txt")}
    answers = read_answers(output)["fon"]
    asked = {topic.qid: topic.text for topic in read_topics(output / "topics.fon.tsv")}
    translated = {topic.qid: topic.text for topic in read_topics(output / "topics-translated.fon.tsv")}
    lines = [line.split("\t") for line in (output / "variations.tsv").read_text(encoding="utf-8").splitlines()]
    assert {qid: text for qid, code, text in lines if code == "fon"} == translated
    path = data_dir / "afriqa" / "gold_span_passages.afriqa.fon.fr.test.json"
    for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        qid = f"fon-test-{line['id']}"
        assert " ".join(line["context"].split()) in " ".join(passages[relevant[qid]].split())
        assert relevant[qid].startswith("fr-")
        assert asked[qid] == " ".join(line["question_lang"].split()) or "  " in line["question_lang"]
        assert translated[qid].split() == line["question_translated"].split()
        assert set(answers[qid]) == set(line["answer_pivot"]["text"])


def test_the_passages_of_other_parts_join_without_changing_those_there(
    data_dir: Path, tmp_path: Path, real: tuple[Path, DatasetRecord]
):
    found = convert(
        data_dir / "afriqa", tmp_path / "out", AfriqaOptions(corpus_splits=(AfriqaSplit.TRAIN, AfriqaSplit.DEV))
    )
    assert found.counts["corpus.jsonl"] == 4993
    fewer, more = contents(real[0]), contents(tmp_path / "out")
    assert fewer.items() <= more.items()
    assert (tmp_path / "out" / "qrels.ha.txt").read_bytes() == (real[0] / "qrels.ha.txt").read_bytes()


def test_a_question_that_is_no_text_is_left_out_with_its_row(data_dir: Path, tmp_path: Path):
    """Twi's development part has a row whose question is NaN; it has no passage either."""
    found = convert(data_dir / "afriqa", tmp_path / "out", AfriqaOptions(AfriqaSplit.DEV))
    assert found.counts["topics.tw.tsv"] == 348
    assert dict(found.remarks[0].counts) == {"fon": 18, "ha": 3, "rw": 30, "tw": 20}


def test_a_passage_that_several_languages_ask_about_is_there_once(tmp_path: Path):
    place = write(tmp_path / "in", row(0), row(1, context="Town 0  is in the north. ", title=None))
    write(place, row(0, question_lang="Iko wapi?"), row(1, context=row(0)["context"]), language="swa")
    write(place, row(0, context="La ville 0."), language="fon", pivot="fr")
    found = convert(place, tmp_path / "out")
    assert sorted(contents(tmp_path / "out").values()) == ["La ville 0.", "Town 0 is in the north."]
    assert {line.docid for code in ("ha", "sw") for line in read_qrels(tmp_path / "out" / f"qrels.{code}.txt")} == {
        docid for docid in contents(tmp_path / "out") if docid.startswith("en-")
    }
    assert found.remarks == ()


def test_titles_are_searched_when_asked(tmp_path: Path):
    convert(write(tmp_path / "in", row(0), row(1, title=None)), tmp_path / "out", AfriqaOptions(with_titles=True))
    assert list(contents(tmp_path / "out").values()) == ["Town 0 Town 0 is in the north.", "Town 1 is in the north."]
    assert all(
        json.loads(line)["language"] == "en" for line in (tmp_path / "out" / "corpus.jsonl").read_text().splitlines()
    )


def test_rows_that_lack_something_are_counted(tmp_path: Path):
    rows = [
        row(0),
        row(1, context=None, title=None),
        row(2, context=" "),
        row(3, question_lang=float("nan")),
        row(4, answer_pivot={"answer_start": [], "text": []}),
    ]
    found = convert(write(tmp_path / "in", *rows), tmp_path / "out")
    assert [topic.qid for topic in read_topics(tmp_path / "out" / "topics.ha.tsv")] == ["ha-test-0", "ha-test-4"]
    assert len(contents(tmp_path / "out")) == 2
    assert [dict(remark.counts) for remark in found.remarks] == [{"ha": 2}, {"ha": 1}, {"ha": 1}]
    assert read_answers(tmp_path / "out")["ha"] == {"ha-test-0": ("north",)}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([row(0), {"id": "1"}], r"hau\.en\.test\.json:2: expected \{"),
        ([row(0), row(0)], r"hau\.en\.test\.json:2: question '0' is there already"),
        ([row(0), ["no"]], r":2: expected"),
    ],
)
def test_bad_rows_are_named_and_nothing_is_written(tmp_path: Path, lines: list[Any], message: str):
    with pytest.raises(InputError, match=message):
        convert(write(tmp_path / "in", *lines), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_part_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(InputError, match=r"LANG\.PIVOT\.dev\.json; of other parts there are test"):
        convert(write(tmp_path / "in", row(0)), tmp_path / "out", AfriqaOptions(AfriqaSplit.DEV))


@pytest.mark.parametrize(("language", "pivot"), [("tlh", "en"), ("hau", "tlh")])
def test_a_language_that_nobody_knows_is_named(tmp_path: Path, language: str, pivot: str):
    with pytest.raises(InputError, match="unknown language code 'tlh'"):
        convert(write(tmp_path / "in", row(0), language=language, pivot=pivot), tmp_path / "out")
