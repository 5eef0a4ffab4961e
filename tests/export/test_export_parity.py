"""The check itself: a graph that was tampered with does not pass, and the texts are named."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tiny_checkpoint import POSITIONS, write_bert

from pyserini_xqg.encoder.folder import MODEL, Pooling
from pyserini_xqg.errors import EncoderError
from pyserini_xqg.export.checkpoint import find_checkpoint, load_model
from pyserini_xqg.export.graph import write_graph
from pyserini_xqg.export.parity import MAX_DIFFERENCE, check_parity, graph_embeddings, original_embeddings
from pyserini_xqg.export.quantize import top_overlap
from pyserini_xqg.export.sentences import SCRIPTS, SENTENCES
from pyserini_xqg.export.tokenizer import load_tokenizer, tokenize


@pytest.fixture
def exported(tmp_path):
    checkpoint = find_checkpoint(str(write_bert(tmp_path / "checkpoint")))
    model = load_model(checkpoint)
    ids = tokenize(
        load_tokenizer(checkpoint, model.config.vocab_size), [sentence.text for sentence in SENTENCES], POSITIONS
    )
    write_graph(model, Pooling.MEAN, True, tmp_path)
    return tmp_path / MODEL, ids, original_embeddings(model, ids, Pooling.MEAN, True)


def change_initializer(graph, shape, change):
    """Change the one initializer of this shape; the exporter gives most of them names of its own."""
    model = onnx.load(str(graph))
    weight = next(one for one in model.graph.initializer if list(one.dims) == list(shape))
    array = numpy_helper.to_array(weight).copy()
    change(array)
    weight.CopyFrom(numpy_helper.from_array(array, weight.name))
    onnx.save(model, str(graph))


def test_an_untouched_graph_passes(exported):
    graph, ids, original = exported
    parity = check_parity(graph, ids, original)
    assert (parity.texts, parity.scripts) == (len(SENTENCES), SCRIPTS)
    assert 0 < parity.max_abs_difference < MAX_DIFFERENCE


def test_the_largest_difference_is_what_is_reported(exported):
    graph, ids, original = exported
    moved = original.copy()
    moved[7, 3] += 5e-5
    assert check_parity(graph, ids, moved).max_abs_difference == pytest.approx(5e-5, abs=2e-6)


def test_one_text_that_differs_is_named_with_its_difference(exported):
    graph, ids, original = exported
    moved = original.copy()
    moved[40, 3] += 0.02
    with pytest.raises(
        EncoderError, match=rf"1 of {len(SENTENCES)} built-in sentences .*{SENTENCES[40].script} '.*' by 2\.0e-02"
    ):
        check_parity(graph, ids, moved)


def test_weights_that_were_tampered_with_are_found(exported):
    graph, ids, original = exported

    def nudge(array):
        array[0, 3] += 0.01

    change_initializer(graph, (2, 32), nudge)  # the token types' embeddings
    with pytest.raises(EncoderError, match="differs from the original"):
        check_parity(graph, ids, original)


def test_wrong_positions_in_long_texts_alone_are_found(exported):
    """Only the two over-long sentences reach the last position."""
    graph, ids, original = exported

    def move_the_last(array):
        array[-1, 3] += 3.0

    change_initializer(graph, (POSITIONS, 32), move_the_last)
    assert sum(len(one) == POSITIONS for one in ids) < 10
    with pytest.raises(EncoderError, match=rf"on {sum(len(one) == POSITIONS for one in ids)} of {len(SENTENCES)} "):
        check_parity(graph, ids, original)


def test_a_file_that_is_no_graph_is_refused(tmp_path):
    (tmp_path / MODEL).write_bytes(b"nothing of the kind")
    with pytest.raises(EncoderError, match="ONNX Runtime cannot run the exported graph"):
        graph_embeddings(tmp_path / MODEL, [[1, 2]], 1)


def test_the_sentences_cover_what_breaks_tokenizers():
    texts = [sentence.text for sentence in SENTENCES]
    assert SCRIPTS >= 24
    assert "" in texts
    assert max(len(text.split()) for text in texts) > 512
    assert any("\u0308" in text for text in texts), "combining marks"
    assert any("\u200f" in text for text in texts), "right to left"
    assert any("\U0001f469\u200d" in text for text in texts), "emoji joined into one"
    assert len(set(texts)) == len(texts)


def test_top_overlap_counts_shared_neighbours():
    angles = np.deg2rad([0, 10, 30, 60])
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert top_overlap(circle, circle, 2) == 1.0
    # The nearest one of 0, 10, 30 and 60 degrees is 10, 0, 10 and 30; with 60 moved to 5 it is 5, 5, 10 and 0 or 10.
    moved = np.deg2rad([0, 10, 30, 5])
    other = np.stack([np.cos(moved), np.sin(moved)], axis=1).astype(np.float32)
    assert top_overlap(circle, other, 1) == 0.25
