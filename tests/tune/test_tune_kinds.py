"""Weights of kinds, chosen with the store's own questions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from kinds_files import write_kinds

from pyserini_xqg.commands import main
from pyserini_xqg.encode.encode_corpus import EncodeOptions, encode
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.store.vector_store import VectorStore
from pyserini_xqg.tune.left_out import read_left_out


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    write_kinds(folder, 12)
    encode(
        corpus=folder / "corpus.jsonl",
        queries=folder / "queries.jsonl",
        encoder=Encoder(tiny_encoder, Precision.FP32, 1),
        output=folder / "s",
        options=EncodeOptions(keep=Keep.RANKS, dtype="float32"),
    )
    return folder / "s"


def test_questions_are_left_out_and_other_texts_stay(store: Path):
    opened = VectorStore(store)
    left_out = read_left_out(opened, opened.meta.languages, None, 100, 0)
    assert len(left_out) == 24 and set(left_out.columns.tolist()) == {0}
    assert left_out.counts[:2].tolist() == [[1, 1, 1], [1, 1, 1]]  # the first passage's two questions
    glosses = next(opened.shards()).query_matrices(("ar.gloss",))[0][0]
    np.testing.assert_array_equal(left_out.sums[1], glosses[left_out.numbers])


def test_the_best_of_several_weights_is_said(store: Path, capsys):
    flags = [
        "--fusion",
        "views",
        "--alphas",
        "0.2,0.6",
        "--kappas",
        "2",
        "--weights",
        "gloss=0",
        "gloss=5,translation=0",
    ]
    assert main(["tune", "--store", str(store), *flags]) == 0
    said = capsys.readouterr().out
    assert said.index("weights gloss=0\n") < said.index("weights gloss=5,translation=0\n")
    assert ", weights gloss=" in said
    assert "--weights gloss=" in said.splitlines()[-1]
    assert main(["tune", "--store", str(store), "--weights", "glass=1"]) == 2
