"""``register()`` makes ``xqg`` known to Pyserini's own ways of making an encoder."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from conftest import Collection

pytestmark = pytest.mark.usefixtures("pyserini")


@pytest.fixture(autouse=True)
def maps_as_before() -> Iterator[None]:
    from pyserini.encode import document_encoder_class_map, query_encoder_class_map

    before = [(known, dict(known)) for known in (query_encoder_class_map, document_encoder_class_map)]
    yield
    for known, entries in before:
        known.clear()
        known.update(entries)


def test_it_is_in_both_maps_and_last():
    from pyserini.encode import document_encoder_class_map, query_encoder_class_map

    from pyserini_xqg.search.register import register

    for known in (query_encoder_class_map, document_encoder_class_map):
        known.pop("xqg", None)
    before = list(query_encoder_class_map), list(document_encoder_class_map)
    register()
    register()
    assert list(query_encoder_class_map) == [*before[0], "xqg"]
    assert list(document_encoder_class_map) == [*before[1], "xqg"]


def test_pyserinis_search_makes_our_query_encoder(collection: Collection):
    from pyserini.search.faiss import FaissSearcher
    from pyserini.search.faiss.__main__ import init_query_encoder

    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.encoder.pyserini_classes import OnnxQueryEncoder
    from pyserini_xqg.search.register import register

    register(Precision.FP32)
    encoder = init_query_encoder(str(collection.encoder), "xqg", None, "topics", None, "cpu", 256, "cls", False, None)
    assert isinstance(encoder, OnnxQueryEncoder)
    assert encoder.encoder.precision is Precision.FP32
    hits = FaissSearcher(str(collection.index("mean")), encoder).search(collection.texts["1"], 3)
    assert len(hits) == 3


def test_pyserinis_encode_makes_our_document_encoder(collection: Collection):
    from pyserini_xqg.encoder.encoder import Encoder
    from pyserini_xqg.encoder.folder import Side
    from pyserini_xqg.encoder.precision import Precision
    from pyserini_xqg.search.register import register

    register(Precision.FP32)
    init_encoder = runpy.run_module("pyserini.encode", run_name="pyserini.encode.__main__")["init_encoder"]
    encoder = init_encoder(str(collection.encoder), "xqg", "cpu", "cls", False, None, False, False)
    embeddings = encoder.encode(
        texts=["the old bridge", "المدينة"], titles=["A", None], fp16=False, max_length=256, add_sep=False
    )
    expected = Encoder(collection.encoder, Precision.FP32).encode(["A the old bridge", "المدينة"], Side.PASSAGE)
    np.testing.assert_allclose(embeddings, expected, atol=1e-6)


def test_nothing_of_pyserinis_own_is_taken_over():
    from pyserini.encode import AutoQueryEncoder, query_encoder_class_map

    from pyserini_xqg.search.register import register

    register()
    assert query_encoder_class_map["auto"] is AutoQueryEncoder
    assert "pyserini.search.faiss" in sys.modules
