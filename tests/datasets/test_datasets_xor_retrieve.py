from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyserini_xqg.datasets.options import NoOptions
from pyserini_xqg.datasets.output import DatasetRecord, write_dataset
from pyserini_xqg.datasets.xor_retrieve import build
from pyserini_xqg.errors import InputError
from pyserini_xqg.evaluate.inputs.judgments import read_answers
from pyserini_xqg.evaluate.scoring.measures.token_recall import span_answers
from pyserini_xqg.input.topics import read_topics

NAME = "xor_dev_retrieve_eng_span_v1_1.jsonl"


def convert(place: Path, output: Path) -> DatasetRecord:
    return write_dataset(output, lambda folder: build(place, folder, NoOptions()))[0]


def test_the_official_dev_set(data_dir: Path, tmp_path: Path):
    found = convert(data_dir / "xor_retrieve", tmp_path / "out")
    answers = read_answers(tmp_path / "out")
    assert {code: len(span_answers(texts)) for code, texts in answers.items()} == {
        "ar": 309,
        "bn": 304,
        "fi": 314,
        "ja": 241,
        "ko": 285,
        "ru": 237,
        "te": 238,
    }
    topics = {
        topic.qid: topic.text for code in answers for topic in read_topics(tmp_path / "out" / f"topics.{code}.tsv")
    }
    raw = [json.loads(line) for line in (data_dir / "xor_retrieve" / NAME).read_text(encoding="utf-8").splitlines()]
    assert topics == {line["id"]: line["question"] for line in raw}
    assert {qid: list(texts) for found in answers.values() for qid, texts in found.items()} == {
        line["id"]: line["answers"] for line in raw
    }
    assert len(topics) == 2110
    assert [source.as_published for source in found.sources] == [True]
    assert "scores 1,928 of 2,110" in found.remarks[0].what
    assert sum(found.remarks[0].counts.values()) == 182


def test_a_file_and_its_folder_give_the_same(data_dir: Path, tmp_path: Path):
    convert(data_dir / "xor_retrieve", tmp_path / "folder")
    convert(data_dir / "xor_retrieve" / NAME, tmp_path / "file")
    assert {path.name: path.read_bytes() for path in (tmp_path / "folder").iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "file").iterdir()
    }


def test_a_changed_file_is_told_from_the_published_one(tmp_path: Path):
    (tmp_path / NAME).write_text('{"id": "1", "question": "Missä?", "answers": ["Turku"], "lang": "fi"}\n')
    assert [source.as_published for source in convert(tmp_path, tmp_path / "out").sources] == [False]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r":2: malformed JSON"),
        ('{"id": "2", "question": "?", "lang": "fi"}', r':2: expected \{"id"'),
        ('{"id": "2", "question": "", "answers": [], "lang": "fi"}', r":2: expected"),
        ('{"id": "2", "question": "?", "answers": [""], "lang": "fi"}', r":2: expected"),
        ('{"id": "2", "question": "?", "answers": ["x"], "lang": "tlh"}', r":2: unknown language code 'tlh'"),
        ('{"id": "1", "question": "?", "answers": ["x"], "lang": "ru"}', r":2: question '1' is there already"),
    ],
)
def test_bad_lines_are_named_and_nothing_is_written(tmp_path: Path, line: str, message: str):
    (tmp_path / NAME).write_text(
        '{"id": "1", "question": "Missä?", "answers": ["Turku"], "lang": "fi"}\n' + line + "\n"
    )
    with pytest.raises(InputError, match=NAME + message):
        convert(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_versions_are_not_mixed(tmp_path: Path):
    for name in (NAME, "xor_dev_retrieve_eng_span.jsonl"):
        (tmp_path / name).write_text('{"id": "1", "question": "Missä?", "answers": ["Turku"], "lang": "fi"}\n')
    with pytest.raises(InputError, match="holds several versions"):
        convert(tmp_path, tmp_path / "out")
