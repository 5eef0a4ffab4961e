"""XOR-TyDi: the real development questions with passages and training examples in their public shapes."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.datasets.xor_tydi import XorTydiOptions, XorTydiSplit, build
from pyserini_xqg.errors import InputError
from pyserini_xqg.input.passages import read_passages

DEV = "xor_dev_retrieve_eng_span_v1_1.jsonl"
TRAIN = "xor_train_retrieve_eng_span_v1_1.jsonl"
PASSAGES = (
    'id\ttext\ttitle\n1\t"Aaron ( or ; ""the exalted"") is a prophet."\tAaron\n2\tHe said "no" to '
    "it.\tAaron (given name)\n"
)
EXAMPLE = {
    "question": "Missä Turku on?",
    "answers": ["Finland"],
    "positive_ctxs": [{"title": "Turku", "text": "Turku is a city in Finland. "}],
    "negative_ctxs": [],
    "hard_negative_ctxs": [{"title": "Tampere", "text": "Tampere is another.", "passage_id": "77"}],
}


def convert(place: Path, output: Path, split: XorTydiSplit = XorTydiSplit.TRAIN) -> DatasetRecord:
    return write_dataset(output, lambda folder: build(place, folder, XorTydiOptions(split)))[0]


def training(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "training.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    questions = [
        {"id": "7", "question": "Missä Turku on?", "answers": ["Finland"], "lang": "fi"},
        {"id": "8", "question": "Onko?", "answers": ["yes"], "lang": "fi"},
    ]
    (folder / TRAIN).write_text("".join(json.dumps(line) + "\n" for line in questions), encoding="utf-8")
    (folder / "enwiki_20190201_w100.tsv").write_text(PASSAGES, encoding="utf-8")
    (folder / "dpr_train_data.json").write_text(json.dumps([EXAMPLE]), encoding="utf-8")
    return folder


def test_passages_questions_and_examples(place: Path, tmp_path: Path):
    found = convert(place, tmp_path / "out")
    assert {passage.docid: passage.contents for passage in read_passages(tmp_path / "out" / "corpus.jsonl")} == {
        "1": 'Aaron Aaron ( or ; "the exalted") is a prophet.',
        "2": 'Aaron (given name) He said "no" to it.',
    }
    assert training(tmp_path / "out") == [
        {
            "query_id": "7",
            "query": "Missä Turku on?",
            "lang": "fi",
            "answers": ["Finland"],
            "positive_passages": [{"docid": "7-positive-0", "title": "Turku", "text": "Turku is a city in Finland."}],
            "negative_passages": [{"docid": "77", "title": "Tampere", "text": "Tampere is another."}],
        }
    ]
    assert found.counts == {"topics.fi.tsv": 2, "answers.fi.jsonl": 2, "corpus.jsonl": 2, "training.jsonl": 1}
    assert [dict(remark.counts) for remark in found.remarks] == [{"fi": 1}]


def test_the_real_questions_alone(data_dir: Path, tmp_path: Path):
    found = convert(data_dir / "xor_retrieve", tmp_path / "out", XorTydiSplit.DEV)
    assert sum(count for name, count in found.counts.items() if name.startswith("topics")) == 2110
    assert [source.as_published for source in found.sources] == [True]
    assert {remark.what.split(" (")[0] for remark in found.remarks[1:]} == {
        "no passages here",
        "no training examples here",
    }


def test_examples_a_line_each_are_the_same(place: Path, tmp_path: Path):
    convert(place, tmp_path / "list")
    (place / "dpr_train_data.json").unlink()
    with gzip.open(place / "xor-t2e-100w.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(EXAMPLE | {"id": 7, "lang": "fin"}) + "\n")
    convert(place, tmp_path / "lines")
    assert training(tmp_path / "lines") == training(tmp_path / "list")


def test_what_examples_lack_is_counted(place: Path, tmp_path: Path):
    examples = [
        EXAMPLE | {"hard_negative_ctxs": []},
        EXAMPLE | {"positive_ctxs": []},
        EXAMPLE | {"question": "Missä Oulu on?"},
    ]
    (place / "dpr_train_data.json").write_text(json.dumps(examples), encoding="utf-8")
    found = convert(place, tmp_path / "out")
    assert [example["query_id"] for example in training(tmp_path / "out")] == ["7", "example-2"]
    assert "lang" not in training(tmp_path / "out")[1]
    told = [(remark.what.split(":")[0], dict(remark.counts)) for remark in found.remarks[1:]]
    assert told == [
        ("training examples without a passage that answers", {"fi": 1}),
        ("training examples without a passage that does not answer", {"fi": 1}),
        ("training examples of a language that neither they nor the questions tell", {"unknown": 1}),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (DEV.replace("dev", "train"), "{", r"v1_1\.jsonl:1: malformed JSON"),
        ("enwiki_20190201_w100.tsv", PASSAGES + "3\tonly two\n", r"w100\.tsv:4: expected three columns"),
        ("enwiki_20190201_w100.tsv", PASSAGES + "3 a\tx\ty\n", r"w100\.tsv:4: expected three columns"),
        ("dpr_train_data.json", "{}", r"dpr_train_data\.json: expected a JSON list"),
        ("dpr_train_data.json", '[{"question": "?"}]', r"example 0 is not of the shape"),
        (
            "dpr_train_data.json",
            '[{"question": "?", "positive_ctxs": [{"title": "a"}]}]',
            r"example 0 is not of the shape",
        ),
        (
            "dpr_train_data.json",
            '[{"question": "?", "positive_ctxs": [], "lang": "tlh"}]',
            r"example 0: unknown language code 'tlh'",
        ),
        ("psgs_w100.tsv", PASSAGES, r"holds .*enwiki_20190201_w100\.tsv and .*psgs_w100\.tsv; keep one"),
    ],
)
def test_bad_files_are_named_and_nothing_is_written(place: Path, tmp_path: Path, name: str, content: str, message: str):
    (place / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        convert(place, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_missing_questions_tell_the_address(place: Path, tmp_path: Path):
    with pytest.raises(
        InputError, match=r"holds no file named xor_dev_retrieve_eng_span\*\.jsonl.*github\.com/AkariAsai/XORQA"
    ):
        convert(place, tmp_path / "out", XorTydiSplit.DEV)
    shutil.rmtree(place)
    with pytest.raises(InputError, match="is no folder"):
        convert(place, tmp_path / "out")
