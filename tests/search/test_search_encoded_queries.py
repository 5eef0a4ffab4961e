"""Topics to the folder that Pyserini's ``--encoded-queries`` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import InputError, OutputError
from pyserini_xqg.search.encoded_queries import encode_queries

if TYPE_CHECKING:
    from conftest import Collection


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, Precision.FP32)


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.usefixtures("pyserini")
def test_pyserini_looks_each_topic_up_by_its_text(collection: Collection, encoder: Encoder, tmp_path: Path):
    from pyserini.encode import QueryEncoder

    assert encode_queries([collection.topics], encoder, tmp_path / "q") == len(collection.texts)
    theirs = QueryEncoder(str(tmp_path / "q"))
    for text in collection.texts.values():
        np.testing.assert_allclose(theirs.encode(text), encoder.encode_one(text, Side.QUERY), atol=1e-6)


def test_the_frame(collection: Collection, encoder: Encoder, tmp_path: Path):
    encode_queries([collection.topics], encoder, tmp_path / "q")
    frame = pd.read_pickle(tmp_path / "q/embedding.pkl")
    assert list(frame.columns) == ["id", "text", "embedding"]
    # A text that two topics share is there once, under the first one's id.
    assert frame["id"].tolist() == ["1", "2", "3", "10", "11", "12"]
    assert frame["text"].tolist() == [collection.texts[qid] for qid in frame["id"]]
    assert all(vector.dtype == np.float32 and vector.shape == (32,) for vector in frame["embedding"])
    assert [path.name for path in (tmp_path / "q").iterdir()] == ["embedding.pkl"]


def test_several_files_with_the_same_ids(encoder: Encoder, tmp_path: Path):
    """XQuAD's topics have the same ids in every language."""
    files = [
        write(tmp_path / "topics.es.tsv", "1\tel puente", "2\tla ciudad"),
        write(tmp_path / "topics.ar.tsv", "1\tالجسر", "2\tla ciudad"),
    ]
    assert encode_queries(files, encoder, tmp_path / "q") == 4
    frame = pd.read_pickle(tmp_path / "q/embedding.pkl")
    assert frame["text"].tolist() == ["el puente", "la ciudad", "الجسر"]
    np.testing.assert_allclose(
        np.stack(frame["embedding"]), encoder.encode(frame["text"].tolist(), Side.QUERY), atol=1e-6
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2\ta\tb", "found 2 tabs"),
        ("2 no tab", "found no tab"),
        ("2\t ", "id or text is empty"),
        ("1\tagain", "is there already, at line 1"),
    ],
)
def test_bad_topics_are_named_and_leave_nothing(encoder: Encoder, tmp_path: Path, line: str, problem: str):
    with pytest.raises(InputError, match=rf"topics\.tsv:2: .*{problem}"):
        encode_queries([write(tmp_path / "topics.tsv", "1\tfirst", line)], encoder, tmp_path / "q")
    assert not (tmp_path / "q").exists()


def test_again_makes_it_anew_and_something_else_is_left_alone(encoder: Encoder, tmp_path: Path):
    topics = write(tmp_path / "topics.tsv", "1\tfirst")
    encode_queries([topics], encoder, tmp_path / "q")
    encode_queries([write(topics, "1\tsecond")], encoder, tmp_path / "q")
    assert pd.read_pickle(tmp_path / "q/embedding.pkl")["text"].tolist() == ["second"]
    write(tmp_path / "q/notes.txt", "mine")
    before = (tmp_path / "q/embedding.pkl").read_bytes()
    for place in (tmp_path / "q", topics):
        with pytest.raises(OutputError, match="holds something else than encoded queries"):
            encode_queries([topics], encoder, place)
    assert (tmp_path / "q/embedding.pkl").read_bytes() == before


def test_a_failure_keeps_the_older_one(encoder: Encoder, tmp_path: Path):
    encode_queries([write(tmp_path / "topics.tsv", "1\tfirst")], encoder, tmp_path / "q")
    before = (tmp_path / "q/embedding.pkl").read_bytes()
    with pytest.raises(InputError):
        encode_queries([write(tmp_path / "topics.tsv", "1\tsecond", "bad")], encoder, tmp_path / "q")
    assert (tmp_path / "q/embedding.pkl").read_bytes() == before
