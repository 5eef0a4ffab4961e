"""The Python interface: every name leads somewhere, and the two that are packages as well can be called at any time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_corpus import environment, generated_queries, passages, tree, write_jsonl, xqg

import pyserini_xqg
from pyserini_xqg import Recipe, VectorStore, build_index, encode, evaluate, load_encoder


@pytest.mark.parametrize("name", pyserini_xqg.__all__)
def test_each_name_leads_to_something_documented(name: str):
    value = getattr(pyserini_xqg, name)
    assert value.__doc__
    assert name in dir(pyserini_xqg)


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'reindex'"):
        pyserini_xqg.reindex  # noqa: B018


@pytest.mark.parametrize("first", ["", "import pyserini_xqg.encode.window, pyserini_xqg.evaluate.notes; "])
def test_stages_can_be_called_whatever_was_imported_before(first: str):
    code = f"{first}from pyserini_xqg import encode, evaluate; print(callable(encode), callable(evaluate))"
    said = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert said.stdout == "True True\n"


def test_an_unknown_precision_is_named(tiny_encoder: Path):
    with pytest.raises(pyserini_xqg.XqgError, match="there is no precision 'fp8'; there are auto, fp32, bf16, int8"):
        load_encoder(tiny_encoder, "fp8")


def test_python_makes_what_the_commands_make(tiny_encoder: Path, tmp_path: Path):
    corpus = write_jsonl(tmp_path / "corpus.jsonl", passages(20))
    queries = write_jsonl(tmp_path / "queries.jsonl", generated_queries(20, ("ar", "ja")))
    encoder = load_encoder(tiny_encoder, "fp32")
    encode(corpus=str(corpus), queries=str(queries), encoder=encoder, output=tmp_path / "a" / "store")
    build_index(VectorStore(str(tmp_path / "a" / "store")), str(tmp_path / "a" / "index"), Recipe("views"))

    store = ("--corpus", corpus, "--queries", queries, "--output", tmp_path / "b" / "store")
    assert xqg("encode", *store, "--encoder", tiny_encoder, "--precision", "fp32").returncode == 0
    index = ("--store", tmp_path / "b" / "store", "--output", tmp_path / "b" / "index", "--fusion", "views")
    assert xqg("index", *index).returncode == 0
    assert tree(tmp_path / "a" / "store") == tree(tmp_path / "b" / "store")
    for name in ("index", "docid"):
        assert (tmp_path / "a" / "index" / name).read_bytes() == (tmp_path / "b" / "index" / name).read_bytes()


def test_scores_are_printed_as_the_command_prints_them(tmp_path: Path):
    (tmp_path / "bm25.ar.txt").write_text("q1 Q0 d1 1 2.0 t\nq1 Q0 d2 2 1.0 t\nq2 Q0 d3 1 2.0 t\n")
    (tmp_path / "qrels.ar.txt").write_text("q1 0 d2 1\nq2 0 d3 1\n")
    found = evaluate(runs=tmp_path / "bm25.ar.txt", qrels=tmp_path / "qrels.ar.txt", measures=["MRR@10"])
    assert found.scores["bm25"]["ar"].mean("MRR@10") == pytest.approx(0.75)
    said = xqg(
        "evaluate", "--runs", tmp_path / "bm25.ar.txt", "--qrels", tmp_path / "qrels.ar.txt", "--measures", "MRR@10"
    )
    assert f"{found}\n" == said.stdout
