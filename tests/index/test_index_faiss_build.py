"""Indexes that FAISS builds in memory: graphs, quantisers, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import faiss
import numpy as np
import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.index import faiss_build
from pyserini_xqg.store.blocks import Block


def blocks_of(vectors: np.ndarray, size: int = 100) -> Callable[[], Iterator[Block]]:
    def blocks() -> Iterator[Block]:
        for start in range(0, len(vectors), size):
            yield Block(
                [str(row) for row in range(start, min(start + size, len(vectors)))],
                vectors[start : start + size].copy(),
            )

    return blocks


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    made = np.random.default_rng(0).standard_normal((600, 16), dtype=np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("factory", "kind"),
    [
        ("SQ8", faiss.IndexScalarQuantizer),
        ("HNSW16", faiss.IndexHNSWFlat),
        ("Flat", faiss.IndexFlat),
        ("PQ4x4", faiss.IndexPQ),
        ("IVF16,Flat", faiss.IndexIVFFlat),
    ],
)
def test_what_the_factory_knows(factory: str, kind: type):
    index = faiss_build.from_factory(16, factory)
    assert isinstance(index, kind)
    assert index.metric_type == faiss.METRIC_INNER_PRODUCT


@pytest.mark.parametrize("factory", ["Nonsense", "SQ9", "IVF16,", "PQ7", "Flat;Flat"])
def test_what_the_factory_does_not_know_is_one_sentence(factory: str):
    with pytest.raises(UsageError) as caught:
        faiss_build.from_factory(16, factory)
    message = str(caught.value)
    assert message.startswith(f"FAISS cannot make an index of {factory!r} for 16 dimensions (")
    assert "examples: SQ8" in message
    assert "\n" not in message


@pytest.mark.parametrize("factory", ["SQ8", "PQ4x4", "IVF16,Flat", "OPQ4,PQ4x4"])
def test_training_on_all_vectors_is_faiss_own(vectors: np.ndarray, factory: str):
    ours = faiss_build.from_factory(16, factory)
    faiss_build.train(ours, blocks_of(vectors), len(vectors))
    theirs = faiss.index_factory(16, factory, faiss.METRIC_INNER_PRODUCT)
    theirs.train(vectors)
    for index in (ours, theirs):
        index.add(vectors)
    np.testing.assert_array_equal(faiss.serialize_index(ours), faiss.serialize_index(theirs))


def test_training_takes_an_even_sample(vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    """With room for 150 of 600 vectors in blocks of 70, every fourth one trains."""
    monkeypatch.setattr(faiss_build, "_TRAINING_VECTORS", 150)
    ours = faiss_build.from_factory(16, "SQ8")
    faiss_build.train(ours, blocks_of(vectors, 70), len(vectors))
    theirs = faiss.index_factory(16, "SQ8", faiss.METRIC_INNER_PRODUCT)
    theirs.train(np.ascontiguousarray(vectors[::4]))
    np.testing.assert_array_equal(faiss.serialize_index(ours), faiss.serialize_index(theirs))


def test_what_needs_no_training_reads_nothing():
    def blocks() -> Iterator[Block]:
        raise AssertionError("read")
        yield

    faiss_build.train(faiss_build.hnsw(16, 32, 200), blocks, 5)


@pytest.mark.parametrize("factory", ["IVF64,Flat", "PQ4"])
def test_too_few_vectors_to_train(vectors: np.ndarray, factory: str):
    with pytest.raises(
        UsageError, match=r"cannot train this index on 20 vectors \(.*\); choose a smaller one, such as SQ8"
    ) as caught:
        faiss_build.train(faiss_build.from_factory(16, factory), blocks_of(vectors[:20]), 20)
    assert "\n" not in str(caught.value)


def test_hnsw_settings():
    index = faiss_build.hnsw(16, 24, 77)
    assert index.hnsw.efConstruction == 77
    assert index.hnsw.nb_neighbors(1) == 24
