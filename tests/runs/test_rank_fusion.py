"""Fusing rankings: by hand, and as ``pyserini.fusion`` does where that does it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion, fuse_rankings
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation, Scaling
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.runs.rankings import Rankings

BM25 = {"q": {"a": 12.0, "b": 8.0, "c": 4.0}}
XQG = {"q": {"b": 5.0, "d": 3.0}}
DENSE = {"q": {"c": 0.9, "b": 0.8, "a": 0.7, "d": 0.5}}


def test_reciprocal_ranks_by_hand():
    fused = fuse_rankings([BM25, XQG, DENSE], RankFusion(ReciprocalRanks()))
    expected = {"b": 1 / 62 + 1 / 61 + 1 / 62, "c": 1 / 63 + 1 / 61, "a": 1 / 61 + 1 / 63, "d": 1 / 62 + 1 / 64}
    assert fused["q"] == pytest.approx(expected, abs=1e-12)
    assert list(fused["q"]) == ["b", "a", "c", "d"], "a and c are equal, so docids decide"


def test_weighted_reciprocal_ranks_by_hand():
    fused = fuse_rankings([BM25, DENSE], RankFusion(ReciprocalRanks(1), (3.0, 1.0)))
    assert fused["q"] == pytest.approx({"a": 3 / 2 + 1 / 4, "b": 3 / 3 + 1 / 3, "c": 3 / 4 + 1 / 2, "d": 1 / 5})


def test_interpolation_by_hand():
    fused = fuse_rankings([BM25, XQG, DENSE], RankFusion(Interpolation(), (0.5, 0.2, 0.3)))
    expected = {"a": 0.5 * 1 + 0.3 * 0.5, "b": 0.5 * 0.5 + 0.2 * 1 + 0.3 * 0.75, "c": 0.3 * 1, "d": 0.0}
    assert fused["q"] == pytest.approx(expected)
    assert list(fused["q"]) == ["b", "a", "c", "d"]


def test_interpolation_of_scores_as_they_are():
    fused = fuse_rankings([BM25, XQG], RankFusion(Interpolation(Scaling.NONE), (1.0, 2.0)))
    assert fused["q"] == {"b": 18.0, "a": 12.0, "d": 6.0, "c": 4.0}


def test_a_topic_whose_scores_all_tie_counts_as_1():
    assert fuse_rankings([{"q": {"a": 3.0}}, {"q": {"b": 0.2, "c": 0.2}}], RankFusion(Interpolation()))["q"] == {
        "a": 0.5,
        "b": 0.5,
        "c": 0.5,
    }


def test_a_run_is_taken_by_its_scores_and_equal_ones_stay_in_their_order():
    turned = {"q": {"low": 1.0, "second": 2.0, "first": 2.0}}
    assert fuse_rankings([turned, turned], RankFusion(ReciprocalRanks(0)))["q"] == {
        "second": 2.0,
        "first": 1.0,
        "low": pytest.approx(2 / 3),
    }


def test_equal_sums_in_another_order_are_equal():
    runs = [{"q": dict.fromkeys("abc", 1.0)} for _ in range(3)]
    for run, order in zip(runs, ("abc", "bca", "cab"), strict=True):
        run["q"] = {docid: 1.0 - place for place, docid in enumerate(order)}
    fused = fuse_rankings(runs, RankFusion(ReciprocalRanks(), (0.1, 0.1, 0.1)))["q"]
    assert list(fused) == ["a", "b", "c"]
    assert len(set(fused.values())) == 1


def test_a_ranking_of_weight_0_is_left_out():
    assert list(fuse_rankings([BM25, XQG, DENSE], RankFusion(ReciprocalRanks(), (0.0, 1.0, 0.0)))["q"]) == ["b", "d"]


def test_topics_stay_in_order_and_may_be_missing():
    fused = fuse_rankings(
        [{"10": {"a": 1.0}, "9": {}}, {"2": {"b": 1.0}, "10": {"a": 1.0}}], RankFusion(ReciprocalRanks(1))
    )
    assert fused == {"10": {"a": 1.0}, "9": {}, "2": {"b": 0.5}}
    assert list(fused) == ["10", "9", "2"]
    assert fuse_rankings([{}, {}], RankFusion(ReciprocalRanks())) == {}


def test_k_passages_come_back():
    assert list(fuse_rankings([BM25, DENSE], RankFusion(ReciprocalRanks()), k=2)["q"]) == ["a", "c"]


@pytest.mark.parametrize(
    ("rankings", "fusion"),
    [([BM25], RankFusion(ReciprocalRanks())), ([BM25, XQG], RankFusion(ReciprocalRanks(), (1.0,)))],
)
def test_the_weights_must_fit(rankings: list[Rankings], fusion: RankFusion):
    with pytest.raises(UsageError, match=r"two rankings|2 rankings"):
        fuse_rankings(rankings, fusion)


@pytest.mark.parametrize("weights", [(-1.0, 1.0), (float("nan"), 1.0), (float("inf"), 1.0), (0.0, 0.0)])
def test_weights_that_cannot_be(weights: tuple[float, ...]):
    with pytest.raises(UsageError, match="weight"):
        RankFusion(ReciprocalRanks(), weights)


def random_run(seed: int, path: Path) -> Rankings:
    chance = np.random.default_rng(seed)
    run = {
        f"t{topic}": {
            f"d{d}": float(s)
            for d, s in zip(chance.permutation(60)[:40], np.sort(chance.random(40))[::-1], strict=True)
        }
        for topic in range(300)
    }
    lines = (
        f"{qid} Q0 {docid} {rank} {score!r} x\n"
        for qid, hits in run.items()
        for rank, (docid, score) in enumerate(hits.items(), 1)
    )
    path.write_text("".join(lines))
    return run


@pytest.mark.parametrize("name", ["rrf", "interpolation", "average", "normalize"])
def test_the_same_as_pyserini_fusion(name: str, tmp_path: Path):
    import pyserini.fusion as theirs
    from pyserini.trectools import TrecRun

    ours = {
        "rrf": RankFusion(ReciprocalRanks(30)),
        "interpolation": RankFusion(Interpolation(Scaling.NONE), (0.3, 0.7)),
        "average": RankFusion(Interpolation(Scaling.NONE), ()),
        "normalize": RankFusion(Interpolation(), (1.0, 1.0)),
    }
    calls = {
        "rrf": lambda runs: theirs.reciprocal_rank_fusion(runs, rrf_k=30, k=25),
        "interpolation": lambda runs: theirs.interpolation(runs, alpha=0.3, k=25),
        "average": lambda runs: theirs.average(runs, k=25),
        "normalize": lambda runs: theirs.normalize(runs, k=25),
    }
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    fused = fuse_rankings([random_run(seed, path) for seed, path in enumerate(paths)], ours[name], k=25)
    run = calls[name]([TrecRun(str(path)) for path in paths]).run_data
    for qid, documents in fused.items():
        expected = run[run["topic"] == qid]
        assert list(documents.values()) == pytest.approx(expected["score"].tolist(), rel=1e-9)
        scores = dict(zip(expected["docid"], expected["score"], strict=True))
        last = expected["score"].min()
        assert all(docid in scores or score == pytest.approx(last) for docid, score in documents.items())
