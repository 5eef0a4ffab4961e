"""Hybrid interpolation is Pyserini's, but for ties."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

pytestmark = pytest.mark.usefixtures("pyserini")


def results(scores: dict[str, float]) -> list:
    from pyserini.search.faiss import DenseSearchResult

    return [DenseSearchResult(docid, score) for docid, score in scores.items()]


def ranked(hits: list) -> list[tuple[str, float]]:
    return [(hit.docid, hit.score) for hit in hits]


@pytest.mark.parametrize(
    ("normalization", "weight_on_dense", "alpha", "k"),
    product([False, True], [False, True], [0.0, 0.1, 1.3], [1, 10, 100]),
)
def test_the_same_as_pyserinis(normalization: bool, weight_on_dense: bool, alpha: float, k: int):
    from pyserini.search.hybrid import HybridSearcher

    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    random = np.random.default_rng(2)
    dense = results(
        {
            f"d{row}": float(score)
            for row, score in zip(range(0, 30), -np.sort(-random.uniform(0.6, 0.9, 30)), strict=True)
        }
    )
    sparse = results(
        {
            f"d{row}": float(score)
            for row, score in zip(range(50, 20, -1), -np.sort(-random.uniform(1, 20, 30)), strict=True)
        }
    )
    ours = ranked(XqgHybridSearcher._hybrid_results(dense, sparse, alpha, k, normalization, weight_on_dense))
    theirs = ranked(HybridSearcher._hybrid_results(dense, sparse, alpha, k, normalization, weight_on_dense))
    np.testing.assert_allclose([score for _, score in ours], [score for _, score in theirs], rtol=1e-12)
    scores = dict(theirs)
    assert all(docid in scores or score <= theirs[-1][1] + 1e-12 for docid, score in ours)
    if alpha:
        assert [docid for docid, _ in ours] == [docid for docid, _ in theirs]


@pytest.mark.parametrize("dense", [{"a": 0.5, "b": 0.5}, {"a": 0.5}, {}])
@pytest.mark.parametrize("sparse", [{"b": 3.0, "c": 3.0}, {"c": 2.0, "a": 1.0}, {"c": 2.0}, {}])
def test_ties_do_not_fail(dense: dict[str, float], sparse: dict[str, float]):
    from pyserini.search.hybrid import HybridSearcher

    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    ours = XqgHybridSearcher._hybrid_results(results(dense), results(sparse), 0.5, 10, True)
    assert {hit.docid for hit in ours} == dense.keys() | sparse.keys()
    assert all(np.isfinite(hit.score) for hit in ours)
    assert [hit.score for hit in ours] == sorted((hit.score for hit in ours), reverse=True)
    ties = any(scores and max(scores.values()) == min(scores.values()) for scores in (dense, sparse))
    if ties:
        with pytest.raises(ZeroDivisionError):  # what this is there for; when it stops, so may our class
            HybridSearcher._hybrid_results(results(dense), results(sparse), 0.5, 10, True)


def test_what_ties_leaves_the_other_side_to_decide():
    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    ours = XqgHybridSearcher._hybrid_results(
        results({"a": 0.5, "b": 0.5}), results({"b": 4.0, "a": 2.0}), 1.0, 10, True
    )
    assert ranked(ours) == [("b", 0.5), ("a", -0.5)]


def test_it_is_used_by_both_ways_of_searching():
    from pyserini.search.hybrid import HybridSearcher

    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    class Answers:
        def __init__(self, scores: dict[str, float]) -> None:
            self.scores = scores

        def search(self, query: str, k: int) -> list:
            return results(self.scores)

        def batch_search(self, queries: list[str], qids: list[str], k: int, threads: int) -> dict[str, list]:
            return {qid: results(self.scores) for qid in qids}

    hybrid = XqgHybridSearcher(Answers({"a": 0.5, "b": 0.5}), Answers({"b": 4.0, "a": 2.0}))
    assert isinstance(hybrid, HybridSearcher)
    assert [hit.docid for hit in hybrid.search("x", normalization=True)] == ["b", "a"]
    assert [hit.docid for hit in hybrid.batch_search(["x"], ["1"], normalization=True)["1"]] == ["b", "a"]


def test_equal_scores_are_ordered_by_docid():
    from pyserini_xqg.search.searchers.hybrid import XqgHybridSearcher

    tied = results({docid: 0.5 for docid in ("d", "b", "e", "a", "c")})
    assert [hit.docid for hit in XqgHybridSearcher._hybrid_results(tied, [], 0.1, 3)] == ["a", "b", "c"]
