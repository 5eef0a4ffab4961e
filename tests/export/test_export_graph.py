"""Weights beside the graph, for models past protobuf's 2 GiB."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from tiny_checkpoint import POSITIONS, write_bert, write_xlm_roberta

from pyserini_xqg.encoder.folder import INT8_MODEL, MODEL, Pooling
from pyserini_xqg.export.checkpoint import find_checkpoint, load_model
from pyserini_xqg.export.graph import write_graph
from pyserini_xqg.export.parity import check_parity, graph_embeddings, original_embeddings
from pyserini_xqg.export.quantize import quantize_graph
from pyserini_xqg.export.sentences import SENTENCES
from pyserini_xqg.export.tokenizer import load_tokenizer, tokenize
from pyserini_xqg.files.hashes import sha256


@pytest.fixture
def exported(tmp_path):
    """A tiny XLM-R with its built-in sentences' ids, exported with the weights outside."""
    checkpoint = find_checkpoint(str(write_xlm_roberta(tmp_path / "checkpoint")))
    model = load_model(checkpoint)
    tokenizer = load_tokenizer(checkpoint, model.config.vocab_size)
    ids = tokenize(tokenizer, [sentence.text for sentence in SENTENCES], POSITIONS)
    (tmp_path / "out").mkdir()
    write_graph(model, Pooling.MEAN, True, tmp_path / "out", external_above=0)
    return model, ids, tmp_path / "out"


def test_weights_lie_in_one_file_beside_a_small_graph(exported):
    model, ids, folder = exported
    assert sorted(file.name for file in folder.iterdir()) == [MODEL, f"{MODEL}.data"]
    assert (folder / f"{MODEL}.data").stat().st_size > 0.9 * sum(
        4 * weight.numel() for name, weight in model.named_parameters() if "pooler" not in name
    )
    assert len({file.stat().st_mode for file in folder.iterdir()}) == 1, (
        "whoever may read the graph may read its weights"
    )
    onnx.checker.check_model(str(folder / MODEL))
    check_parity(folder / MODEL, ids, original_embeddings(model, ids, Pooling.MEAN, True))


def test_the_graphs_hash_follows_weights_that_lie_outside(tmp_path):
    hashes = set()
    for seed in (0, 1):
        model = load_model(find_checkpoint(str(write_bert(tmp_path / f"checkpoint{seed}", seed=seed))))
        (tmp_path / f"out{seed}").mkdir()
        write_graph(model, Pooling.CLS, True, tmp_path / f"out{seed}", external_above=0)
        hashes.add(sha256(tmp_path / f"out{seed}" / MODEL))
    assert len(hashes) == 2


def test_it_can_be_quantised(exported):
    _, ids, folder = exported
    quantize_graph(folder / MODEL, folder / INT8_MODEL)
    exact, rough = (graph_embeddings(folder / name, ids, 4) for name in (MODEL, INT8_MODEL))
    assert np.sum(exact * rough, axis=1).min() > 0.98
    assert sorted(file.name for file in folder.iterdir()) == [INT8_MODEL, MODEL, f"{MODEL}.data"]
