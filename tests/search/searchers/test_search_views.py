"""An index of views answers as scoring every view would."""

from __future__ import annotations

import faiss
import numpy as np
import pytest

from pyserini_xqg.search.searchers.views import PassagesOfViews


def unit(rows: int, dimension: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def over(vectors: np.ndarray, names: list[str], delimiter: str = "#", factory: str = "Flat") -> PassagesOfViews:
    index = faiss.index_factory(vectors.shape[1], factory, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    return PassagesOfViews(index, names, delimiter)


def brute_force(vectors: np.ndarray, names: list[str], query: np.ndarray, delimiter: str = "#") -> dict[str, float]:
    best: dict[str, float] = {}
    for name, score in zip(names, vectors.astype(np.float64) @ query, strict=True):
        docid = name.split(delimiter)[0]
        best[docid] = max(best.get(docid, -np.inf), score)
    return dict(sorted(best.items(), key=lambda entry: -entry[1]))


def check(
    index: PassagesOfViews, vectors: np.ndarray, names: list[str], queries: np.ndarray, k: int, delimiter: str = "#"
) -> None:
    scores, passages = index.search(queries, k)
    assert scores.shape == passages.shape == (len(queries), k)
    for row, query in enumerate(queries):
        expected = brute_force(vectors, names, query, delimiter)
        there = min(k, len(expected))
        assert [index.docids[passage] for passage in passages[row, :there]] == list(expected)[:there]
        np.testing.assert_allclose(scores[row, :there], list(expected.values())[:there], rtol=1e-5, atol=1e-6)
        assert (passages[row, there:] == -1).all()
        assert np.isneginf(scores[row, there:]).all()


@pytest.mark.parametrize("k", [1, 2, 10, 50, 60])
def test_random_numbers_of_views(k: int):
    random = np.random.default_rng(3)
    names = [
        f"d{passage}#{code}"
        for passage in range(50)
        for code in random.permutation(["ar", "ja", "ru", "te"])[: random.integers(1, 5)]
    ]
    vectors = unit(len(names), 16, 0)
    check(over(vectors, names), vectors, names, unit(20, 16, 1), k)


@pytest.mark.parametrize("k", [1, 2, 5, 40, 41])
def test_passages_that_own_the_top_views(k: int):
    """Three passages have 300 views each right at the query; every other has one far away: k views would give three
    passages.
    """
    query = unit(1, 16, 9)
    near = query + 0.01 * unit(900, 16, 2)
    far = unit(37, 16, 3) - 0.9 * query
    vectors = np.concatenate([near, far]).astype(np.float32)
    names = [f"greedy{row % 3}#v{row}" for row in range(900)] + [f"d{row}#ar" for row in range(37)]
    order = np.random.default_rng(0).permutation(len(names))
    vectors, names = vectors[order], [names[place] for place in order]
    check(over(vectors, names), vectors, names, query, k)


def test_one_greedy_query_does_not_spoil_the_others():
    query = unit(1, 16, 9)
    vectors = np.concatenate([query + 0.01 * unit(200, 16, 2), unit(30, 16, 3)]).astype(np.float32)
    names = [f"greedy#v{row}" for row in range(200)] + [f"d{row}" for row in range(30)]
    check(over(vectors, names), vectors, names, np.concatenate([unit(5, 16, 4), query, unit(5, 16, 5)]), 8)


def test_all_views_of_all_passages_tie():
    names = [f"d{passage}#{code}" for passage in range(20) for code in ("ar", "ja")]
    vectors = np.repeat(unit(1, 8, 0), 40, axis=0)
    scores, passages = over(vectors, names).search(unit(1, 8, 1), 20)
    assert sorted(passages[0]) == list(range(20))
    assert len(set(scores[0])) == 1


@pytest.mark.parametrize("delimiter", ["#", "::", "→"])
def test_delimiters_and_docids_in_any_script(delimiter: str):
    names = [f"页{passage}{delimiter}{code}" for passage in range(9) for code in ("ar", "ja")] + ["e\u0301"]
    vectors = unit(len(names), 8, 0)
    index = over(vectors, names, delimiter)
    assert index.docids == [f"页{passage}" for passage in range(9)] + ["e\u0301"]
    check(index, vectors, names, unit(3, 8, 1), 5, delimiter)


def test_views_need_not_lie_together():
    names = [f"d{row % 7}#v{row}" for row in range(35)]
    vectors = unit(35, 8, 0)
    check(over(vectors, names), vectors, names, unit(4, 8, 1), 7)


def test_an_index_that_finds_few_gives_what_it_finds():
    """One cell of sixteen is looked into: fewer passages than asked for, each once, no search without end."""
    names = [f"d{row // 4}#v{row % 4}" for row in range(400)]
    vectors = unit(400, 16, 0)
    index = over(vectors, names, factory="IVF16,Flat")
    scores, passages = index.search(unit(6, 16, 1), 100)
    for row in range(6):
        found = passages[row][passages[row] >= 0]
        assert 0 < len(found) < 100
        assert len(set(found)) == len(found)
        assert (np.diff(scores[row][: len(found)]) <= 0).all()
        assert (passages[row][len(found) :] == -1).all()


def test_it_looks_like_a_faiss_index():
    index = over(unit(6, 8, 0), ["a#ar", "a#ja", "b#ar", "b#ja", "c#ar", "c"])
    assert (index.d, index.ntotal, index.metric_type) == (8, 3, faiss.METRIC_INNER_PRODUCT)
