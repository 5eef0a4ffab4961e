"""A store holds what the encoder gives, whatever the shape of the input; what does not fit leaves everything as it
was.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from encode_stage import LANGUAGES, NUMBER, Stage, finished, partials, vectors
from tiny_checkpoint import HIDDEN
from tiny_corpus import generated_queries, passages, tree, write_jsonl, xqg
from tiny_graph import write_word_encoder

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import CONFIG, MODEL, Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.store.vector_store import VectorStore


def test_vectors_are_the_encoders_own(stage: Stage, store: VectorStore):
    """Each language's sum and number, against one text at a time."""
    encoder = Encoder(stage.encoder, Precision.FP32)
    rounding = 2e-3 if store.meta.precision.startswith("fp32") else 2e-2
    corpus, queries = passages(NUMBER), generated_queries(NUMBER, LANGUAGES)
    row = 0
    for shard in store.shards():
        sums = [np.sum(matrices, axis=0, dtype=np.float32) for matrices in shard.query_matrices(LANGUAGES)]
        for place, docid in enumerate(shard.docids()):
            assert docid == corpus[row]["id"]
            if row % 97 == 0:
                np.testing.assert_allclose(
                    shard.passages()[place], encoder.encode_one(corpus[row]["contents"], Side.PASSAGE), atol=rounding
                )
                for column, code in enumerate(LANGUAGES):
                    texts = queries[row]["queries"][code]
                    expected = sum(
                        (encoder.encode_one(text, Side.QUERY) for text in texts), np.zeros(HIDDEN, np.float32)
                    )
                    np.testing.assert_allclose(sums[column][place], expected, atol=3 * rounding)
                    assert shard.counts(LANGUAGES)[place, column] == len(texts)
            row += 1
    assert row == NUMBER


def test_another_order_of_queries_gives_the_same_vectors(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    shuffled = random.Random(5).sample(generated_queries(NUMBER, LANGUAGES), NUMBER)
    other = stage.finish(tmp_path / "store", "--queries", write_jsonl(tmp_path / "q.jsonl.gz", shuffled))
    assert vectors(other) == vectors(unbroken)


def test_bad_records_left_out_give_the_store_of_clean_input(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    corpus: list = [{"id": "d0"}, *passages(NUMBER), {"id": "d1", "contents": "again"}]
    corpus.insert(300, "{")
    queries: list = [
        *generated_queries(NUMBER, LANGUAGES),
        {"id": "nobody", "queries": {"ar": ["q"]}},
        {"id": "d5", "queries": {"xx": ["q"]}},
    ]
    given = [
        "--corpus",
        write_jsonl(tmp_path / "c.jsonl", corpus),
        "--queries",
        write_jsonl(tmp_path / "q.jsonl", queries),
    ]
    stopped = stage.run(tmp_path / "store", *given)
    assert stopped.returncode == 1
    assert stopped.stderr == f"{tmp_path / 'c.jsonl'}:1: passage 'd0' has neither 'contents' nor 'text'\n"
    assert not (tmp_path / "store").exists()
    done = stage.run(tmp_path / "store", *given, "--on-error", "skip")
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines[0] == "left out 5 bad records:"
    assert [line.split(": ")[0].rsplit("/", 1)[1] for line in lines[1:]] == [
        "c.jsonl:1",
        "c.jsonl:301",
        "c.jsonl:603",
        "q.jsonl:601",
        "q.jsonl:602",
    ]
    assert vectors(tree(tmp_path / "store")) == vectors(unbroken)


@pytest.mark.parametrize(
    ("more", "differing"),
    [
        (["--dtype", "float32"], "dtype was 'float16', is now 'float32'"),
        (["--keep", "total"], "keep was .*languages.*, is now .*total"),
        (["--queries-as", "passage"], "queries_as was 'query', is now 'passage'"),
        (["--shard-size", "7"], "shard_size was 20, is now 7"),
        (["--languages", "ja"], "languages was .*ar.*, is now"),
        (["--precision", "int8"], "precision was .*, is now 'int8"),
    ],
)
def test_a_store_of_another_make_is_left_alone(
    stage: Stage, store: VectorStore, more: list[str], differing: str, unbroken: dict[str, bytes]
):
    done = stage.run(store.folder, *more)
    assert done.returncode == 1
    assert re.search(rf"{store.folder} holds a store of another make \(.*{differing}", done.stderr)
    assert tree(store.folder) == unbroken


def test_a_store_of_another_encoder_or_input_is_left_alone(
    stage: Stage, store: VectorStore, unbroken: dict[str, bytes], tmp_path: Path
):
    other_encoder = stage.run(store.folder, "--encoder", write_word_encoder(tmp_path / "words"))
    assert other_encoder.returncode == 1
    for what in (
        "fingerprint was",
        "dimension was 32, is now 2",
        f"encoder was '{stage.encoder}', is now '{tmp_path / 'words'}'",
    ):
        assert what in other_encoder.stderr
    other_input = stage.run(
        store.folder,
        "--corpus",
        write_jsonl(tmp_path / "c.jsonl", [*passages(NUMBER)[:-1], {"id": f"d{NUMBER - 1}", "contents": "x"}]),
    )
    assert other_input.returncode == 1
    assert "inputs was" in other_input.stderr
    assert "passages was" not in other_input.stderr
    assert tree(store.folder) == unbroken


@pytest.mark.parametrize("there", ["notes.txt", "index", "shards"])
def test_an_output_that_holds_something_else_is_left_alone(stage: Stage, tmp_path: Path, there: str):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / there).write_text("mine")
    done = stage.run(tmp_path / "store")
    assert done.returncode == 1
    assert f"{tmp_path / 'store'} is there already and is not a vector store" in done.stderr
    assert tree(tmp_path / "store") == {there: b"mine"}


def test_an_output_that_is_a_file_is_left_alone(stage: Stage, tmp_path: Path):
    (tmp_path / "store").write_text("mine")
    for output in (tmp_path / "store", tmp_path / "store" / "below"):
        assert stage.run(output).returncode == 1
    assert (tmp_path / "store").read_text() == "mine"


def test_docids_and_texts_of_every_kind_come_back(stage: Stage, tmp_path: Path):
    records = [
        {"id": "أهلا", "contents": "\u202bعربي\u202c mixed"},
        {"id": "e\u0301", "contents": "e\u0301 decomposed"},
        {"id": "é", "contents": "é composed"},
        {"id": "q\"uo'te\\", "contents": 'tabs\t"quotes"\n\\'},
        {"id": "🦊#ar", "contents": "x" * 100_000},
        {"id": "d1#ar#ja", "contents": "日本語 " * 30_000},
        {"id": 7, "contents": "a number"},
        {"id": "ﷺ\u200f\ufeff", "contents": "\u0000 control"},
    ]
    queries = [{"id": record["id"], "queries": {"ar": [record["contents"]]}} for record in records]
    for name, ascii_only in (("a", True), ("b", False)):
        lines = [[json.dumps(record, ensure_ascii=ascii_only) for record in part] for part in (records, queries)]
        given = [
            "--corpus",
            write_jsonl(tmp_path / f"c{name}.jsonl", lines[0]),
            "--queries",
            write_jsonl(tmp_path / f"q{name}.jsonl", lines[1]),
        ]
        assert stage.run(tmp_path / name, *given).returncode == 0
        shards = list(VectorStore(tmp_path / name).shards())
        assert len(shards) == 1
        assert shards[0].docids() == [str(record["id"]) for record in records]
        assert shards[0].counts(["ar"]).tolist() == [[1]] * len(records)
    assert vectors(tree(tmp_path / "a")) == vectors(tree(tmp_path / "b"))


def test_passages_without_queries_are_counted_and_keep_their_vector(stage: Stage, store: VectorStore, tmp_path: Path):
    records = generated_queries(NUMBER, LANGUAGES)
    given = write_jsonl(tmp_path / "q.jsonl", records[: NUMBER // 2])
    done = stage.run(tmp_path / "store", "--queries", given)
    without = NUMBER - sum(any(record["queries"].values()) for record in records[: NUMBER // 2])
    assert f"{without} passages have no queries; `index` draws them towards what is expected of them" in done.stdout
    for ours, theirs in zip(VectorStore(tmp_path / "store").shards(), store.shards(), strict=True):
        np.testing.assert_array_equal(ours.passages(), theirs.passages())


@pytest.mark.parametrize(
    "damage", ["no graph", "a changed weight", "a cut graph", "a changed prefix", "a cut tokenizer"]
)
def test_a_damaged_encoder_makes_no_store(stage: Stage, tmp_path: Path, damage: str):
    folder = shutil.copytree(stage.encoder, tmp_path / "encoder")
    graph = bytearray((folder / MODEL).read_bytes())
    match damage:
        case "no graph":
            (folder / MODEL).unlink()
        case "a changed weight":
            graph[len(graph) // 2] ^= 1
            (folder / MODEL).write_bytes(graph)
        case "a cut graph":
            (folder / MODEL).write_bytes(graph[:-1000])
        case "a changed prefix":
            (folder / CONFIG).write_text((folder / CONFIG).read_text().replace("passage: ", "document: "))
        case "a cut tokenizer":
            (folder / "tokenizer.json").write_text("{")
    done = stage.run(tmp_path / "store", "--encoder", folder)
    assert done.returncode == 1
    assert str(folder) in done.stderr
    assert "export" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "store").exists()


def test_an_encoder_that_gives_nan_is_named_and_leaves_whole_shards_only(tmp_path: Path):
    encoder = write_word_encoder(tmp_path / "encoder")
    records = [{"id": f"d{row}", "contents": "nan" if row == 25 else "one two"} for row in range(40)]
    corpus = write_jsonl(tmp_path / "c.jsonl", records)
    done = xqg("encode", "--corpus", corpus, "--encoder", encoder, "--output", tmp_path / "store", "--shard-size", "10")
    assert done.returncode == 1
    assert f"{corpus}:26: {encoder} gave NaN or Inf" in done.stderr
    assert finished(tmp_path / "store") == 2
    assert not partials(tmp_path / "store")


def test_a_truncated_matrix_is_named(store: VectorStore, tmp_path: Path):
    folder = shutil.copytree(store.folder, tmp_path / "store")
    matrix = folder / "shards" / "00002" / "sum.ja.npy"
    matrix.write_bytes(matrix.read_bytes()[:-100])
    done = xqg("index", "--store", folder, "--output", tmp_path / "index")
    assert done.returncode == 1
    assert f"{matrix} is cut short or damaged" in done.stderr
    assert "remove the folder" in done.stderr
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize("which", ["--corpus", "--queries"])
def test_a_gzip_cut_short_makes_no_store(stage: Stage, tmp_path: Path, which: str):
    path = write_jsonl(
        tmp_path / "cut.jsonl.gz", passages(NUMBER) if which == "--corpus" else generated_queries(NUMBER, LANGUAGES)
    )
    path.write_bytes(path.read_bytes()[:-500])
    done = stage.run(tmp_path / "store", which, path, "--on-error", "skip")
    assert done.returncode == 1
    assert done.stderr.startswith(f"{path}:")
    assert "the gzip stream is cut short or damaged" in done.stderr
    assert not (tmp_path / "store").exists()
