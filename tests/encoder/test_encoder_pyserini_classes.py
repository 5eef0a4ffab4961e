"""The two classes hold Pyserini's contract, in Pyserini's own searcher too."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from tiny_checkpoint import HIDDEN
from tiny_corpus import passages

from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.encoder.folder import Side
from pyserini_xqg.encoder.precision import Precision
from pyserini_xqg.encoder.pyserini_classes import OnnxDocumentEncoder, OnnxQueryEncoder
from pyserini_xqg.errors import EncoderError, SetupError, UsageError
from pyserini_xqg.java.jvm import import_pyserini

FP32 = Precision.FP32


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(tiny_encoder, FP32)


def test_a_query_is_one_vector_and_many_are_a_matrix(tiny_encoder: Path, encoder: Encoder):
    queries = ["one", "هل هذا سؤال؟", "one"]
    ours = OnnxQueryEncoder(str(tiny_encoder), precision=FP32)
    single = ours.encode(queries[1])
    assert (single.shape, single.dtype) == ((HIDDEN,), np.float32)
    many = ours.encode_batch(queries)
    assert (many.shape, many.dtype) == ((3, HIDDEN), np.float32)
    np.testing.assert_allclose(single, encoder.encode_one(queries[1], Side.QUERY), atol=1e-6)
    np.testing.assert_allclose(many, encoder.encode(queries, Side.QUERY), atol=1e-6)
    np.testing.assert_allclose(many[1], single, atol=1e-5)


def test_titles_are_put_before_their_texts(tiny_encoder: Path, encoder: Encoder):
    ours = OnnxDocumentEncoder(tiny_encoder, precision=FP32)
    embeddings = ours.encode(["body", "body", "body"], titles=["Title", "", None], fp16=True, max_length=512)
    assert (embeddings.shape, embeddings.dtype) == ((3, HIDDEN), np.float32)
    np.testing.assert_allclose(embeddings, encoder.encode(["Title body", "body", "body"], Side.PASSAGE), atol=1e-6)
    np.testing.assert_allclose(ours.encode(["body"]), encoder.encode(["body"], Side.PASSAGE), atol=1e-6)
    with pytest.raises(ValueError, match="zip"):
        ours.encode(["a", "b"], titles=["only one"])


def test_what_the_folder_decides_cannot_be_overridden(tiny_encoder: Path):
    for kind in (OnnxQueryEncoder, OnnxDocumentEncoder):
        with pytest.raises(UsageError, match="brings its own tokenizer"):
            kind(tiny_encoder, tokenizer_name="bert-base-multilingual-cased")
        with pytest.raises(UsageError, match="brings its own prefixes"):
            kind(tiny_encoder, prefix="query: ")
    with pytest.raises(UsageError, match="leave out --add-sep"):
        OnnxDocumentEncoder(tiny_encoder, precision=FP32).encode(["a"], titles=["b"], add_sep=True)


def test_a_device_without_its_provider_is_named(tiny_encoder: Path):
    for kind in (OnnxQueryEncoder, OnnxDocumentEncoder):
        with pytest.raises(SetupError, match="ONNX Runtime has no CUDAExecutionProvider"):
            kind(tiny_encoder, device="cuda:0")


def test_a_folder_that_is_none_is_named(tmp_path: Path):
    with pytest.raises(EncoderError, match="is not an encoder folder"):
        OnnxQueryEncoder(tmp_path)


def test_pyserinis_own_searcher_finds_each_passage_by_its_words(tiny_encoder: Path, tmp_path: Path):
    """Built and searched with nothing of ours but the two encoders, one query at a time and in a batch."""
    records = passages(40)
    texts = [record["contents"] for record in records]
    index = faiss.IndexFlatIP(HIDDEN)
    index.add(OnnxDocumentEncoder(tiny_encoder, precision=FP32).encode(texts))
    faiss.write_index(index, str(tmp_path / "index"))
    (tmp_path / "docid").write_text("".join(f"{record['id']}\n" for record in records))
    searcher = import_pyserini("pyserini.search.faiss").FaissSearcher(
        str(tmp_path), OnnxQueryEncoder(tiny_encoder, precision=FP32)
    )
    expected = OnnxQueryEncoder(tiny_encoder, precision=FP32).encode_batch(texts[:5]) @ index.reconstruct_n(0, 40).T
    together = searcher.batch_search(texts[:5], [str(row) for row in range(5)], k=10, threads=1)
    for row in range(5):
        best = np.argsort(-expected[row])[:10]
        alone = searcher.search(texts[row], k=10)
        for hits in (alone, together[str(row)]):
            np.testing.assert_allclose([hit.score for hit in hits], expected[row][best], atol=1e-5)
        assert [hit.docid for hit in alone] == [hit.docid for hit in together[str(row)]]
