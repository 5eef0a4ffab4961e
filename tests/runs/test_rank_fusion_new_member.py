"""What a new way to fuse rankings costs: one class. Registered, it goes the whole way, and nothing else was touched."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion
from pyserini_xqg.runs.rank_fusion.method import MethodSetting, RankFusionMethod
from pyserini_xqg.runs.rank_fusion.registry import METHODS, by_name, checked
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.runs.rankings import best_first, read_rankings
from pyserini_xqg.search.commands.flags import Flags
from pyserini_xqg.search.commands.hybrid_flags import settle_hybrid
from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, own_flags

if TYPE_CHECKING:
    from pyserini.trectools import TrecRun


@dataclass(frozen=True, slots=True)
class InversePowers(RankFusionMethod):
    """``1 / rank^power``."""

    name: ClassVar = "inverse-powers"
    words: ClassVar = "powers of ranks"
    by_default: ClassVar = "inverse squares of ranks"
    settings: ClassVar = (
        MethodSetting(
            field="power", flags=("--power",), kind=int, metavar="P", words="of ranks (default: 2)", in_hybrid=True
        ),
    )

    power: int = 2

    def equal_weight(self, rankings: int) -> float:
        return 1.0

    def parts(self, documents: Mapping[str, float]) -> dict[str, float]:
        return {docid: rank**-self.power for rank, (docid, _) in enumerate(best_first(documents), 1)}

    def rescore(self, run: TrecRun) -> None:
        run.run_data["score"] = run.run_data["rank"].astype(float) ** -self.power


@pytest.fixture
def member(monkeypatch: pytest.MonkeyPatch) -> InversePowers:
    monkeypatch.setitem(METHODS, InversePowers.name, checked(InversePowers()))
    return InversePowers()


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Two systems in two languages: ``good`` knows most topics, ``other`` those that ``good`` has second."""
    for code in ("ar", "ja"):
        (tmp_path / f"qrels.{code}.txt").write_text("".join(f"{topic} 0 d{topic} 1\n" for topic in range(12)))
        for system, known in (("good", range(9)), ("other", range(8, 12))):
            (tmp_path / system).mkdir(exist_ok=True)
            with (tmp_path / system / f"run.{code}.txt").open("w") as stream:
                for topic in range(12):
                    first, second = (f"d{topic}", "x") if topic in known else (system, f"d{topic}")
                    stream.write(f"{topic} Q0 {first} 1 2 t\n{topic} Q0 {second} 2 1.9 t\n{topic} Q0 z 3 0 t\n")
    return tmp_path


def test_fuse(member: InversePowers, runs: Path, capsys: pytest.CaptureFixture[str]):
    given = ["--runs", runs / "good", runs / "other", "--method", member.name, "--weights", "2", "1", "--power", "3"]
    assert main(["fuse", *map(str, given), "--output", str(runs / "fused")]) == 0
    assert "fusing by inverse-powers: good x 2, other x 1" in capsys.readouterr().out
    assert read_rankings(runs / "fused/run.ar.txt")["0"] == pytest.approx(
        {"d0": 2 + 1 / 8, "other": 1.0, "x": 2 / 8, "z": 3 / 27}
    )


def test_tune_fusion_and_its_advice(member: InversePowers, runs: Path, capsys: pytest.CaptureFixture[str]):
    given = ["--runs", runs / "good", runs / "other", "--qrels", runs, "--metric", "R@1", "--grid", "0.25"]
    assert main(["tune", "fusion", *map(str, given), "--method", member.name, "--power", "3"]) == 0
    said = capsys.readouterr().out
    best = next(line for line in said.splitlines() if line.startswith("best  ")).split("|")[1].split()
    advice = next(line for line in said.splitlines() if line.startswith("next: "))
    assert "--method inverse-powers --power 3 --weights" in advice
    words = shlex.split(advice.removeprefix("next: pyserini-xqg "))
    assert main([str(runs / "fused") if word == "FUSED" else word for word in words]) == 0
    for code, figure in zip(("ar", "ja"), best[:2], strict=True):
        fused = read_rankings(runs / f"fused/run.{code}.txt")
        right = [next(iter(hits)) == f"d{qid}" for qid, hits in fused.items()]
        assert f"{100 * sum(right) / 12:.1f}" == figure


def test_search_hybrid(member: InversePowers):
    flags = Flags(
        shlex.split("dense --index d sparse --index s fusion --method inverse-powers --power 4 run --topics t")
    )
    assert settle_hybrid(flags, print).fusion == RankFusion(InversePowers(4))
    assert "rrf|interpolation|inverse-powers" in own_flags(PyseriniCommand.HYBRID).format_help()


def test_its_flag_is_for_it_alone_and_others_are_not_for_it(
    member: InversePowers, runs: Path, capsys: pytest.CaptureFixture[str]
):
    given = ["fuse", "--runs", str(runs / "good"), str(runs / "other"), "--output", str(runs / "fused")]
    for flags, problem in (
        (["--power", "2"], "--power is for --method inverse-powers"),
        (["--method", member.name, "--rrf-k", "2"], "--rrf-k is for --method rrf"),
        (["--method", member.name, "--normalize", "none"], "--normalize is for --method interpolation"),
    ):
        assert main([*given, *flags]) == 2
        assert problem in capsys.readouterr().err


def test_help_lists_it(member: InversePowers, capsys: pytest.CaptureFixture[str]):
    for stage in (["fuse"], ["tune", "fusion"]):
        with pytest.raises(SystemExit):
            main([*stage, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert "{rrf,interpolation,inverse-powers}" in said
        assert "reciprocal ranks, scores or powers of ranks" in said
        assert "--power P of ranks (default: 2)" in said


def test_a_member_that_lacks_something_is_refused():
    class Silent(ReciprocalRanks):
        words: ClassVar = ""

    class Unset(InversePowers):
        settings: ClassVar = ()

    class Half(RankFusionMethod):
        name: ClassVar = "half"

        def equal_weight(self, rankings: int) -> float:
            return 1.0

    for wrong, lacking in ((Silent(), "words"), (Unset(), "settings")):
        with pytest.raises(ValueError, match=f"lacks its .*{lacking}"):
            checked(wrong)
    with pytest.raises(TypeError, match="abstract"):
        Half()  # type: ignore[abstract]
    with pytest.raises(ValueError, match="two rank fusions are called 'rrf'"):
        by_name([ReciprocalRanks(), ReciprocalRanks()])
