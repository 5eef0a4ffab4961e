"""The parts of a hybrid command line: what is taken out, put in, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.manifests.sparse import SparseManifest, fields_of, write_sparse_manifest
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.commands.hybrid_flags import HybridPlan, settle_hybrid


@pytest.fixture
def bm25(tmp_path: Path) -> Path:
    """What an index of ours says of itself; nothing here searches it."""
    folder = tmp_path / "bm25"
    folder.mkdir()
    (folder / "segments_1").touch()
    write_sparse_manifest(
        folder, SparseManifest(fields_of("en", ("ar", "ja")), "en", ("ar", "ja"), None, 3, "hash", ())
    )
    return folder


def settle(sparse: str, fusion: str, bm25: Path | str, run: str = "--topics t.tsv") -> tuple[list[str], HybridPlan]:
    words = f"dense --index d sparse --index {bm25} {sparse} fusion {fusion} run {run}".split()
    flags = Flags(words)
    plan = settle_hybrid(flags, lambda _: None)
    return flags.argv, plan


def test_pyserinis_own_line_stays_but_for_batches():
    argv, plan = settle("", "--alpha 0.2 --normalization", "lucene")
    assert argv[:10] == [
        "dense",
        "--index",
        "d",
        "sparse",
        "--index",
        "lucene",
        "fusion",
        "--alpha",
        "0.2",
        "--normalization",
    ]
    assert argv[10:13] == ["run", "--topics", "t.tsv"]
    assert argv[13] == "--batch-size"
    assert plan == HybridPlan()


def test_our_flags_are_taken_out(bm25: Path):
    argv, plan = settle("--fields contents=1.0 xqg_ar=0.5", "--weights 0.7 0.3 --hits 50", bm25)
    assert plan == HybridPlan(RankFusion(Interpolation(), (0.7, 0.3)), ({"contents": 1.0, "xqg_ar": 0.5},))
    assert argv[argv.index("fusion") :][:4] == ["fusion", "--hits", "50", "run"]


def test_three_weights_search_passages_and_queries_apart(bm25: Path):
    _, plan = settle("--language ja", "--method rrf --rrf-k 10 --weights 1 2 3", bm25)
    assert plan == HybridPlan(RankFusion(ReciprocalRanks(10), (1, 2, 3)), ({"contents": 1.0}, {"xqg_ja": 1.0}))
    _, plan = settle("", "--weights 1 1 1", bm25)
    assert plan.fields == ({"contents": 1.0}, {"xqg_ar": 1.0, "xqg_ja": 1.0})


def test_parts_come_in_pyserinis_order_and_folders_may_be_called_like_them():
    flags = Flags(["run", "--topics", "t", "fusion", "sparse", "--index", "sparse", "dense", "--index", "dense"])
    settle_hybrid(flags, lambda _: None)
    assert flags.argv[:7] == ["dense", "--index", "./dense", "sparse", "--index", "./sparse", "fusion"]


def test_help_is_left_to_pyserini():
    flags = Flags(["dense", "--help"])
    assert settle_hybrid(flags, lambda _: None) == HybridPlan()
    assert flags.argv == ["dense", "--help"]


@pytest.mark.parametrize(
    ("sparse", "fusion", "problem"),
    [
        ("", "--method rrf --alpha 0.1", "--alpha belongs to Pyserini's own interpolation"),
        ("", "--weights 1 1 --normalization", "--normalization belongs"),
        ("", "--weights 1", "--weights has 1; give two"),
        ("", "--weights 1 1 1 1", "--weights has 4; give two"),
        ("", "--weights 1 x", "fusion: argument --weights: invalid float value: 'x'"),
        ("", "--method mean", "fusion: argument --method: invalid choice: 'mean'"),
        ("", "--weights -1 2", "expected at least one argument|at least 0"),
        ("", "--rrf-k 5", "--rrf-k is for --method rrf"),
        ("", "--weights 1 1 --rrf-k 5", "--rrf-k is for --method rrf"),
        ("--fields xqg_ar=1.0", "--weights 1 1 1", "three weights need the field contents and .*: xqg_ar=1"),
        ("--fields contents=1.0", "--weights 1 1 1", "three weights need"),
        ("--fields xqg_fr=1.0", "", "no field 'xqg_fr'"),
        ("", "--hits 0", "--hits is 0"),
    ],
)
def test_what_does_not_go(sparse: str, fusion: str, problem: str, bm25: Path):
    with pytest.raises(UsageError, match=problem):
        settle(sparse, fusion, bm25)


def test_missing_and_doubled_parts():
    with pytest.raises(UsageError, match="missing: fusion, run"):
        settle_hybrid(Flags(["dense", "--index", "d", "sparse", "--index", "s"]), lambda _: None)
    with pytest.raises(UsageError, match="'sparse' is there twice"):
        settle_hybrid(Flags(["dense", "sparse", "sparse", "fusion", "run"]), lambda _: None)
    with pytest.raises(UsageError, match="--hits is 0"):
        settle("", "", "s", "--hits 0")
