"""``encode`` as a user meets it: what it prints, and that its flags reach the store."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tiny_corpus import generated_queries, passages, tree, write_jsonl, xqg
from tiny_graph import write_word_encoder

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.vector_store import VectorStore

NUMBER = 30


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> list[str | Path]:
    folder = tmp_path_factory.mktemp("input")
    corpus, queries = (
        write_jsonl(folder / "c.jsonl", passages(NUMBER)),
        write_jsonl(folder / "q.jsonl.gz", generated_queries(NUMBER)),
    )
    return ["encode", "--corpus", corpus, "--queries", queries, "--encoder", tiny_encoder]


def test_it_says_what_it_made_and_what_comes_next(given: list[str | Path], tiny_encoder: Path, tmp_path: Path):
    store = tmp_path / "store"
    done = xqg(*given, "--output", store, "--precision", "fp32", "--shard-size", "20")
    assert (done.returncode, done.stderr) == (0, "")
    records = generated_queries(NUMBER)
    number = sum(len(texts) for record in records for texts in record["queries"].values())
    without = sum(not any(record["queries"].values()) for record in records)
    first, second, third, last = done.stdout.splitlines()
    assert first == f"{store}: {NUMBER} passages x 32, {number} queries in ar, ja"
    assert second.startswith(f"encoder {tiny_encoder} at fp32")
    assert second.endswith("kept as float16; shards made now 2, there before 0, of 2")
    assert third == f"{without} passages have no queries; `index` draws them towards what is expected of them"
    assert last == f"next: pyserini-xqg index --store {store} --output INDEX"
    again = xqg(*given, "--output", store, "--precision", "fp32", "--shard-size", "20")
    assert "shards made now 0, there before 2, of 2" in again.stdout
    assert xqg("index", "--store", store, "--output", tmp_path / "index").returncode == 0, (
        "what it says comes next works"
    )


def test_without_queries_only_passages_are_encoded(given: list[str | Path], tmp_path: Path):
    done = xqg("encode", *given[1:3], *given[5:], "--output", tmp_path / "store")
    assert done.returncode == 0
    assert f"{NUMBER} passages x 32, 0 queries in no language" in done.stdout
    assert "no queries; they keep" not in done.stdout
    assert not list((tmp_path / "store").rglob("sum*"))


def test_flags_reach_the_store(given: list[str | Path], tmp_path: Path):
    flags = [
        "--languages",
        "jpn",
        "--keep",
        "ranks",
        "--dtype",
        "float32",
        "--shard-size",
        "11",
        "--threads",
        "1",
        "--precision",
        "fp32",
    ]
    assert xqg(*given, "--output", tmp_path / "store", *flags).returncode == 0
    store = VectorStore(tmp_path / "store")
    meta = store.meta
    assert (meta.languages, meta.keep, meta.dtype, meta.shard_size, meta.shards) == (
        ("ja",),
        Keep.RANKS,
        "float32",
        11,
        3,
    )
    assert meta.precision.startswith("fp32")
    assert meta.ranks == max(len(record["queries"]["ja"]) for record in generated_queries(NUMBER))
    counts = np.concatenate([shard.counts(("ja",)) for shard in store.shards()])[:, 0]
    assert counts.tolist() == [len(record["queries"]["ja"]) for record in generated_queries(NUMBER)]


def test_the_total_is_the_sum_of_the_languages(given: list[str | Path], tmp_path: Path):
    sums = {}
    for keep in ("total", "languages", "ranks"):
        assert (
            xqg(
                *given, "--output", tmp_path / keep, "--keep", keep, "--dtype", "float32", "--precision", "fp32"
            ).returncode
            == 0
        )
        (shard,) = VectorStore(tmp_path / keep).shards()
        matrices = [matrix for one in shard.query_matrices(("ar", "ja")) for matrix in one]
        sums[keep] = np.sum(matrices, axis=0, dtype=np.float64)
    for keep in ("languages", "ranks"):
        np.testing.assert_allclose(sums[keep], sums["total"], atol=1e-5)


def test_generated_queries_may_go_through_the_passage_side(tmp_path: Path):
    """Its limit is 16 tokens of three each; the query side's is 8."""
    corpus = write_jsonl(tmp_path / "c.jsonl", [{"id": "a", "contents": "one"}])
    queries = write_jsonl(tmp_path / "q.jsonl", [{"id": "a", "queries": {"ar": ["one " * 12]}}])
    encoder = write_word_encoder(tmp_path / "encoder")
    sums = []
    for side in ("query", "passage"):
        store = tmp_path / side
        done = xqg(
            "encode",
            "--corpus",
            corpus,
            "--queries",
            queries,
            "--encoder",
            encoder,
            "--output",
            store,
            "--queries-as",
            side,
        )
        assert done.returncode == 0, done.stderr
        sums.append(np.load(store / "shards" / "00000" / "sum.ar.npy").tolist())
    assert sums == [[[24, 24]], [[36, 36]]]


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        (["--languages", "xx"], 2, "unknown language code 'xx'"),
        (["--languages", "ar,ar"], 2, "a language is named twice"),
        (["--languages", "ar,te"], 1, "q.jsonl.gz: holds no query in te"),
        (["--shard-size", "0"], 2, "--shard-size is 0; it must be at least 1"),
        (["--threads", "0"], 2, "--threads is 0; it must be at least 1"),
        (["--shard-id", "-1"], 2, "--shard-id -1 of --shard-num 1"),
        (["--shard-num", "0"], 2, "--shard-id 0 of --shard-num 0"),
        (["--provider", "NoSuchProvider"], 1, "ONNX Runtime has no NoSuchProvider here; it has "),
        (["--precision", "bf16", "--provider", "CPUExecutionProvider"], 1, "leave out --provider"),
        (["--corpus", "no-such-file"], 1, "no-such-file: there is no such file or folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_leaves_nothing(
    given: list[str | Path], tmp_path: Path, flags: list[str], status: int, said: str
):
    done = xqg(*given, "--output", tmp_path / "store", *flags)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "store").exists()


def test_many_bad_records_are_counted_and_some_are_shown(given: list[str | Path], tmp_path: Path):
    corpus = write_jsonl(tmp_path / "c.jsonl", [*passages(NUMBER), *(["{"] * 50)])
    done = xqg(*given, "--output", tmp_path / "store", "--corpus", corpus, "--on-error", "skip")
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    assert lines[0] == "left out 50 bad records:"
    assert lines[1].strip().startswith(f"{corpus}:{NUMBER + 1}: malformed JSON")
    assert lines[-1].strip() == "… and 30 more"
    assert len(lines) == 22


def test_a_pipe_as_input_is_refused(given: list[str | Path], tmp_path: Path):
    """It would be empty at the second reading, and the store with it."""
    os.mkfifo(tmp_path / "pipe")
    done = xqg(*given, "--output", tmp_path / "store", "--corpus", tmp_path / "pipe")
    assert done.returncode == 1
    assert "is not a regular file" in done.stderr
    assert not (tmp_path / "store").exists()


def test_a_checkpoint_is_exported_on_the_way(given: list[str | Path], tiny_bert: Path, tmp_path: Path):
    cache = str(tmp_path / "cache")
    flags = [*given[:5], "--encoder", tiny_bert, "--output", tmp_path / "store"]
    done = xqg(*flags, PYSERINI_XQG_CACHE=cache)
    assert done.returncode == 0, done.stderr
    before = tree(tmp_path / "store")
    again = xqg(*flags, PYSERINI_XQG_CACHE=cache)
    assert again.returncode == 0
    assert "there before 1" in again.stdout
    assert tree(tmp_path / "store") == before
