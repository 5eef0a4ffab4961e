"""Fusing run files: what is refused, what is told, what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.runs.fuse_files import fuse_files
from pyserini_xqg.runs.fuse_inputs import Views
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.runs.rankings import read_rankings


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return write(tmp_path / "one.txt", "1 Q0 a 1 3.0 x", "1 Q0 b 2 2.0 x", "2 Q0 a 1 1.0 x")


def test_the_fused_run_is_a_run(one: Path, tmp_path: Path):
    other = write(tmp_path / "other.txt", "1 Q0 b 1 0.9 y", "1 Q0 c 2 0.8 y")
    made = fuse_files(
        runs=[one, other], output=tmp_path / "out" / "fused.txt", fusion=RankFusion(ReciprocalRanks()), tag="rrf"
    )
    assert (made.topics, made.lines) == (2, 4)
    text = (tmp_path / "out" / "fused.txt").read_text()
    assert text.splitlines()[0] == f"1 Q0 b 1 {1 / 62 + 1 / 61:.9g} rrf"
    assert {qid: list(found) for qid, found in read_rankings(tmp_path / "out" / "fused.txt").items()} == {
        "1": ["b", "a", "c"],
        "2": ["a"],
    }
    assert made.notes == (f"{other} has nothing for 1 of 2 topics (2); the other runs decide there",)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1 Q0 b 2 nan y", "the score is nan"),
        ("1 Q0 b 2 inf y", "the score is inf"),
        ("1 Q0 b 2 0.5", "six columns"),
        ("1 Q0 b 2 0.5 y z", "six columns"),
        ("1 Q0 b two 0.5 y", "rank a whole number"),
        ("1 Q0 a 2 0.5 y", "twice for query '1'"),
        ("", "six columns"),
        ("1 Q0 d1#ar 2 0.5 y", None),
    ],
)
def test_bad_lines_are_named_and_nothing_is_written(line: str, problem: str | None, one: Path, tmp_path: Path):
    bad = write(tmp_path / "bad.txt", "1 Q0 a 1 1.0 y", line)
    with pytest.raises(InputError) as caught:
        fuse_files(runs=[one, bad], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks()))
    assert str(caught.value).startswith(f"{bad}:2: " if problem else f"{bad}: holds views of passages, such as 'd1#ar'")
    assert (problem or "--max-passage-delimiter '#'") in str(caught.value)
    assert not (tmp_path / "fused.txt").exists()


def test_views_become_passages_where_the_delimiter_is_given(one: Path, tmp_path: Path):
    views = write(
        tmp_path / "views.txt", "1 Q0 b#ar 1 0.9 y", "1 Q0 b#ja 2 0.8 y", "1 Q0 a 3 0.7 y", "2 Q0 a#ar 1 0.5 y"
    )
    fuse_files(
        runs=[one, views], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks(0)), views=Views("#")
    )
    assert read_rankings(tmp_path / "fused.txt") == {"1": {"a": 1.5, "b": 1.5}, "2": {"a": 2.0}}
    fuse_files(
        runs=[one, views], output=tmp_path / "kept.txt", fusion=RankFusion(ReciprocalRanks()), views=Views(keep=True)
    )
    assert "b#ar" in read_rankings(tmp_path / "kept.txt")["1"]


def test_runs_of_other_topics_are_refused_and_of_other_documents_named(one: Path, tmp_path: Path):
    with pytest.raises(InputError, match=r"shares no topic with .*one\.txt: the first is 'x' here and '1' there"):
        fuse_files(
            runs=[one, write(tmp_path / "other.txt", "x Q0 a 1 1.0 y")],
            output=tmp_path / "fused.txt",
            fusion=RankFusion(ReciprocalRanks()),
        )
    strange = write(tmp_path / "strange.txt", "1 Q0 zz 1 1.0 y", "2 Q0 zz 1 1.0 y")
    assert (
        "no document in common"
        in fuse_files(runs=[one, strange], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks())).notes[0]
    )


def test_an_empty_run_leaves_the_others_to_decide(one: Path, tmp_path: Path):
    made = fuse_files(
        runs=[one, write(tmp_path / "empty.txt")], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks())
    )
    assert made.topics == 2
    assert "nothing for 2 of 2 topics (1, 2)" in made.notes[0]
    made = fuse_files(
        runs=[write(tmp_path / "none.txt"), tmp_path / "empty.txt"],
        output=tmp_path / "fused.txt",
        fusion=RankFusion(ReciprocalRanks()),
    )
    assert (made.topics, (tmp_path / "fused.txt").read_text()) == (0, "")


def test_what_cannot_be(one: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="--k is 0"):
        fuse_files(runs=[one, one], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks()), k=0)
    with pytest.raises(UsageError, match="one word"):
        fuse_files(
            runs=[one, one], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks()), tag="two words"
        )
    with pytest.raises(UsageError, match="at least two"):
        fuse_files(runs=[one], output=tmp_path / "fused.txt", fusion=RankFusion(ReciprocalRanks()))
    with pytest.raises(UsageError, match="one of the two"):
        Views("#", keep=True)
    with pytest.raises(UsageError, match="empty"):
        Views("")
