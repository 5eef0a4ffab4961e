"""Pyserini's commands: unmodified over our folders, and ours, which are theirs with our encoders and indexes known.

Unmodified ones run as ``python -m pyserini…`` in processes of their own, side by side; ours run in this process.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import forked
import numpy as np
import pytest
from run_files import Run, assert_same, read
from tiny_corpus import environment

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.errors import EncoderError, InputError, OutputError, StoreError, UsageError
from pyserini_xqg.export.resolve import resolve_encoder
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, run
from pyserini_xqg.search.encoded_queries import encode_queries

if TYPE_CHECKING:
    from conftest import Collection

pytestmark = pytest.mark.usefixtures("pyserini")

PASSAGES = 40


def ours(command: PyseriniCommand, *flags: str | Path) -> None:
    run(command, ["--precision", "fp32", *map(str, flags)], resolve_encoder)


@dataclass(frozen=True)
class Unmodified:
    """What Pyserini's own commands made, with queries that ``encode-queries`` encoded."""

    encoded: Path
    bm25: Path
    mean: Run
    views: Run
    hybrid: Run


@pytest.fixture(scope="module")
def unmodified(collection: Collection, tmp_path_factory: pytest.TempPathFactory, pyserini: None) -> Unmodified:
    folder = tmp_path_factory.mktemp("unmodified")
    encoded, bm25 = folder / "encoded", folder / "bm25"
    encode_queries([collection.topics], Encoder(collection.encoder, Precision.FP32), encoded)
    dense = ["--topics", collection.topics, "--encoded-queries", encoded]
    together(
        ["pyserini.index.lucene", "--collection", "JsonCollection", "--input", collection.corpus.parent,
         "--index", bm25, "--generator", "DefaultLuceneDocumentGenerator", "--threads", 1],
        ["pyserini.search.faiss", "--index", collection.index("mean"), *dense, "--output", folder / "mean.txt",
         "--hits", 10],
    )  # fmt: skip
    together(
        ["pyserini.search.faiss", "--index", collection.index("views"), *dense, "--output", folder / "views.txt",
         "--hits", 1000, "--max-passage", "--max-passage-hits", 10],
        ["pyserini.search.hybrid", "dense", "--index", collection.index("mean"), "--encoded-queries", encoded,
         "sparse", "--index", bm25, "fusion", "--alpha", "0.1",
         "run", "--topics", collection.topics, "--output", folder / "hybrid.txt", "--hits", 10],
    )  # fmt: skip
    return Unmodified(encoded, bm25, read(folder / "mean.txt"), read(folder / "views.txt"), read(folder / "hybrid.txt"))


def together(*commands: list[object]) -> None:
    children = [forked.start(["-m", *map(str, command)], environment()) for command in commands]
    for child in children:
        output, errors = child.communicate(timeout=300)
        assert child.returncode == 0, output + errors


def test_mean_is_what_unmodified_pyserini_finds(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    ours(
        PyseriniCommand.FAISS,
        "--index",
        collection.index("mean"),
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "run.txt",
        "--hits",
        "10",
    )
    assert set(unmodified.mean) == set(collection.texts)
    assert all(len(hits) == 10 for hits in unmodified.mean.values())
    assert_same(read(tmp_path / "run.txt"), unmodified.mean)


def test_views_are_what_unmodified_pyserini_finds_with_max_passage(
    collection: Collection, unmodified: Unmodified, tmp_path: Path
):
    ours(
        PyseriniCommand.FAISS,
        "--index",
        collection.index("views"),
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "run.txt",
        "--hits",
        "10",
    )
    found = read(tmp_path / "run.txt")
    assert_same(found, unmodified.views)
    assert all(len(hits) == 10 and "#" not in docid for hits in found.values() for docid, _ in hits)
    assert found != unmodified.mean


def test_max_passage_does_no_harm_with_ours(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    ours(PyseriniCommand.FAISS, "--index", collection.index("views"), "--topics", collection.topics,
         "--output", tmp_path / "run.txt", "--hits", "1000", "--max-passage", "--max-passage-hits", "10")  # fmt: skip
    assert_same(read(tmp_path / "run.txt"), unmodified.views)


def test_encoded_queries_with_ours(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    ours(PyseriniCommand.FAISS, "--index", collection.index("views"), "--topics", collection.topics,
         "--encoded-queries", unmodified.encoded, "--output", tmp_path / "run.txt", "--hits", "10")  # fmt: skip
    assert_same(read(tmp_path / "run.txt"), unmodified.views)


@pytest.mark.parametrize(
    "flags",
    [["--batch-size", "1", "--threads", "1"], ["--batch-size=3"], ["--encoder=ENCODER"], ["--encoder", "ENCODER"]],
)
def test_flags_as_pyserini_takes_them(collection: Collection, unmodified: Unmodified, tmp_path: Path, flags: list[str]):
    flags = [flag.replace("ENCODER", str(collection.encoder)) for flag in flags]
    ours(
        PyseriniCommand.FAISS,
        f"--index={collection.index('mean')}",
        "--topics",
        collection.topics,
        f"--output={tmp_path / 'run.txt'}",
        "--hits=10",
        *flags,
    )
    assert_same(read(tmp_path / "run.txt"), unmodified.mean)


def test_more_hits_than_passages(collection: Collection, tmp_path: Path):
    for name in ("mean", "views", "hnsw", "late"):
        ours(
            PyseriniCommand.FAISS,
            "--index",
            collection.index(name),
            "--topics",
            collection.topics,
            "--output",
            tmp_path / f"{name}.txt",
        )
        found = read(tmp_path / f"{name}.txt")
        docids = {f"d{row}" for row in range(PASSAGES)}
        for hits in found.values():
            assert len({docid for docid, _ in hits}) == len(hits)
            assert {docid for docid, _ in hits} == docids if name != "hnsw" else {docid for docid, _ in hits} <= docids
    assert_same(read(tmp_path / "late.txt"), read(tmp_path / "mean.txt"))


def test_late_flags(collection: Collection, tmp_path: Path):
    flags = ["--topics", collection.topics, "--hits", "10"]
    ours(
        PyseriniCommand.FAISS,
        "--index",
        collection.index("late"),
        *flags,
        "--late-fusion",
        "views",
        "--output",
        tmp_path / "late.txt",
    )
    ours(PyseriniCommand.FAISS, "--index", collection.index("views"), *flags, "--output", tmp_path / "views.txt")
    assert_same(read(tmp_path / "late.txt"), read(tmp_path / "views.txt"))
    ours(PyseriniCommand.FAISS, "--index", collection.index("late"), *flags, "--late-alpha", "0.9",
         "--late-languages", "ja", "--no-late-normalize", "--output", tmp_path / "ja.txt")  # fmt: skip
    assert read(tmp_path / "ja.txt") != read(tmp_path / "late.txt")
    ours(
        PyseriniCommand.FAISS, "--index", collection.index("late"), *flags, "--output", tmp_path / "own.txt"
    )  # the choices of one search are not the next one's
    ours(PyseriniCommand.FAISS, "--index", collection.index("mean"), *flags, "--output", tmp_path / "mean.txt")
    assert_same(read(tmp_path / "own.txt"), read(tmp_path / "mean.txt"))


def test_ef_search_on_a_graph_of_views(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    ours(PyseriniCommand.FAISS, "--index", collection.index("hnsw"), "--topics", collection.topics,
         "--output", tmp_path / "run.txt", "--hits", "10", "--ef-search", "500")  # fmt: skip
    assert_same(read(tmp_path / "run.txt"), unmodified.views)


# Hybrid


def hybrid(collection: Collection, unmodified: Unmodified, index: str, output: Path, *fusion: str) -> Run:
    ours(PyseriniCommand.HYBRID, "dense", "--index", collection.index(index), "sparse", "--index", unmodified.bm25,
         "fusion", "--alpha", "0.1", *fusion,
         "run", "--topics", collection.topics, "--output", output, "--hits", "10")  # fmt: skip
    return read(output)


def test_hybrid_is_what_unmodified_pyserini_finds(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    assert_same(hybrid(collection, unmodified, "mean", tmp_path / "run.txt"), unmodified.hybrid)
    assert unmodified.hybrid != unmodified.mean


def test_hybrid_over_views_fuses_passages(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    """Score by score: a passage's best view, plus a tenth of its BM25 score, the lowest of either side standing in
    where it is absent.
    """
    from pyserini.search.lucene import LuceneSearcher

    found = hybrid(collection, unmodified, "views", tmp_path / "run.txt")
    ours(
        PyseriniCommand.FAISS,
        "--index",
        collection.index("views"),
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "dense.txt",
    )
    dense = read(tmp_path / "dense.txt")
    sparse = LuceneSearcher(str(unmodified.bm25))
    assert set(found) == set(collection.texts)
    for qid, text in collection.texts.items():
        bm25 = {hit.docid: hit.score for hit in sparse.search(text, 1000)}
        fused = {docid: score + 0.1 * bm25.get(docid, min(bm25.values(), default=0)) for docid, score in dense[qid]}
        expected = sorted(fused.items(), key=lambda entry: -entry[1])[:10]
        assert all(docid in fused for docid, _ in found[qid])  # no view, and each passage once
        assert len({docid for docid, _ in found[qid]}) == 10
        np.testing.assert_allclose([score for _, score in found[qid]], [score for _, score in expected], atol=5e-6)


def test_hybrid_over_a_late_index_and_normalised(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    late = hybrid(collection, unmodified, "late", tmp_path / "late.txt", "--normalization")
    assert_same(late, hybrid(collection, unmodified, "mean", tmp_path / "mean.txt", "--normalization"), 2e-5)


# What goes wrong


def assert_fails_and_keeps(expected: type[BaseException], match: str, output: Path, *flags: str | Path) -> None:
    before = output.read_bytes() if output.exists() else None
    with pytest.raises(expected, match=match):
        ours(PyseriniCommand.FAISS, "--output", output, *flags)
    assert (output.read_bytes() if output.exists() else None) == before
    assert [path for path in output.parent.iterdir() if path.name.startswith(".xqg")] == []


@pytest.mark.parametrize("older", [False, True])
def test_a_search_that_fails_leaves_no_run_and_keeps_an_older_one(collection: Collection, tmp_path: Path, older: bool):
    output = tmp_path / "runs/run.txt"
    output.parent.mkdir()
    if older:
        output.write_text("1 Q0 d1 1 0.5 older\n")
    index = ["--index", collection.index("mean")]
    bad = tmp_path / "bad.tsv"
    bad.write_text("1\tgood\n2\twith\ttab\n")
    assert_fails_and_keeps(
        InputError, r"bad\.tsv:2: expected 'qid<TAB>text', found 2 tabs", output, *index, "--topics", bad
    )
    bad.write_text("1\tgood\n\n")
    assert_fails_and_keeps(InputError, r"bad\.tsv:2: .* no tab", output, *index, "--topics", bad)
    assert_fails_and_keeps(
        UsageError, "only --type late", output, *index, "--topics", collection.topics, "--late-alpha", "0.5"
    )
    assert_fails_and_keeps(SystemExit, "2", output, *index, "--topics", collection.topics, "--no-such-flag")
    assert_fails_and_keeps(
        InputError,
        r"no-such-topics\.tsv: cannot be read: No such file",
        output,
        *index,
        "--topics",
        tmp_path / "no-such-topics.tsv",
    )
    nowhere = ["--index", "nowhere", "--topics", collection.topics]
    assert_fails_and_keeps(
        UsageError,
        "nowhere is no folder here, so that the queries' encoder is not known; give --encoder",
        output,
        *nowhere,
    )
    encoder = ["--encoder", collection.encoder, "--encoder-class", "xqg"]
    assert_fails_and_keeps(StoreError, "nowhere is neither an index folder nor the name of", output, *nowhere, *encoder)
    late = ["--index", collection.index("late"), "--topics", collection.topics]
    assert_fails_and_keeps(UsageError, "alpha is 7", output, *late, "--late-alpha", "7")


def test_an_encoder_that_is_not_the_indexs(collection: Collection, tmp_path: Path, e5: Path):
    assert_fails_and_keeps(EncoderError, "search with the same one", tmp_path / "run.txt",
                           "--index", collection.index("views"), "--topics", collection.topics,
                           "--encoder", e5)  # fmt: skip


def test_failing_half_way_through_the_topics(collection: Collection, unmodified: Unmodified, tmp_path: Path):
    """The last topic's text is not among the encoded queries: the run has been written to by then."""
    topics = tmp_path / "topics.tsv"
    topics.write_text(collection.topics.read_text(encoding="utf-8") + "99\tnever encoded\n", encoding="utf-8")
    (tmp_path / "runs").mkdir()
    assert_fails_and_keeps(KeyError, "never encoded", tmp_path / "runs/run.txt",
                           "--index", collection.index("mean"), "--topics", topics,
                           "--encoded-queries", unmodified.encoded, "--batch-size", "1", "--threads", "1")  # fmt: skip


def test_an_output_that_cannot_be_written(collection: Collection, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"):
        ours(
            PyseriniCommand.FAISS,
            "--index",
            collection.index("mean"),
            "--topics",
            collection.topics,
            "--output",
            tmp_path / "file/run.txt",
        )


def test_what_was_replaced_is_put_back(collection: Collection, tmp_path: Path):
    import argparse

    import pyserini.search.faiss
    import pyserini.search.hybrid

    before = (
        argparse.ArgumentParser.add_argument,
        pyserini.search.faiss.FaissSearcher,
        pyserini.search.hybrid.HybridSearcher,
        sys.argv,
    )
    ours(
        PyseriniCommand.FAISS,
        "--index",
        collection.index("mean"),
        "--topics",
        collection.topics,
        "--output",
        tmp_path / "run.txt",
    )
    assert before == (
        argparse.ArgumentParser.add_argument,
        pyserini.search.faiss.FaissSearcher,
        pyserini.search.hybrid.HybridSearcher,
        sys.argv,
    )
