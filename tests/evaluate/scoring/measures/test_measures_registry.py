"""The registry of measures: their names, and what one more of them takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces
from pyserini_xqg.evaluate.scoring.measures import registry
from pyserini_xqg.evaluate.scoring.measures.over_qrels import QRELS, QrelsMeasure, score_rankings
from pyserini_xqg.evaluate.scoring.measures.recall import Recall
from pyserini_xqg.evaluate.scoring.measures.registry import (
    Basis,
    Judge,
    Measure,
    bases,
    default_measures,
    parse_measures,
    register,
)
from pyserini_xqg.evaluate.scoring.measures.token_recall import ANSWERS, TokenRecall
from pyserini_xqg.evaluate.scoring.relevant_ranks import RelevantRanks
from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks
from pyserini_xqg.tune.pool import make_pool, score_topics


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten afterwards."""
    monkeypatch.setattr(registry, "MEASURES", dict(registry.MEASURES))


def test_names_are_canonical_and_come_once():
    parsed = parse_measures(["r@1", "Recall@1", "RR@10", "mrr@10", "ndcg@10", "NDCG", "MRR", "success@5", "R@2KT"])
    assert [measure.name for measure in parsed] == ["R@1", "MRR@10", "nDCG@10", "nDCG", "MRR", "Success@5", "R@2kt"]


def test_token_recall_is_told_from_recall():
    recall, tokens = parse_measures(["R@2", "R@2kt"])
    assert (recall, tokens) == (Recall(2), TokenRecall(2))
    assert recall != tokens
    assert (recall.BASIS, tokens.BASIS) == (QRELS, ANSWERS)


def test_defaults_are_known_names():
    assert [basis.name for basis in bases()] == ["qrels", "answers", "evidence"]
    for basis in bases():
        assert tuple(measure.name for measure in parse_measures(basis.defaults)) == basis.defaults


def test_defaults_go_by_what_there_is():
    here = Path()
    assert default_measures(JudgmentPlaces()) == QRELS.defaults
    assert default_measures(JudgmentPlaces(qrels=here, answers=here)) == QRELS.defaults
    assert default_measures(JudgmentPlaces(answers=here, evidence=here)) == (
        "R@2kt", "R@5kt", "LoCoMo@5", "LoCoMo@10", "LoCoMo@25", "LoCoMo@50",
    )  # fmt: skip


def test_all_bad_names_are_reported_at_once():
    with pytest.raises(UsageError) as caught:
        parse_measures(["R@1", "R", "nDCG@0", "MRR@2kt", "bleu", "P@5", "R@-1"])
    message = str(caught.value)
    for bad in ("'R'", "'nDCG@0'", "'MRR@2kt'", "'bleu'", "'P@5'", "'R@-1'"):
        assert bad in message
    assert "'R@1'" not in message
    assert "nDCG@K" in message


def test_no_name_at_all_is_an_error():
    with pytest.raises(UsageError, match="no measure is named"):
        parse_measures([])


class Precision(QrelsMeasure):
    """The share of the first k that is relevant: the whole of a new measure."""

    NAME = "P"
    SPELLINGS = ("p", "precision")

    def library(self) -> Any:
        import ir_measures

        return ir_measures.P @ self.cutoff

    def of_ranks(self, relevant: RelevantRanks) -> np.ndarray:
        return relevant.counts(self.cutoff) / self.cutoff


class _AnsweredJudge(Judge):
    def __init__(self, measures: list[Measure]) -> None:
        self._names = [measure.name for measure in measures]

    def score(self, run: Path, language: str, rankings: dict[str, dict[str, float]]) -> RunScores:
        return RunScores({name: {"q1": 1.0, "q2": float("q2" in rankings)} for name in self._names}, short=("q1",))


class Answered(Measure):
    """A measure on a basis of its own: whether a run answers two questions at all."""

    NAME = "Answered"
    SPELLINGS = ("answered",)
    SHORT = "of which little is known"
    BASIS = Basis(
        name="a list of questions",
        flags=("evidence",),
        material="evidence",
        needs="evidence",
        defaults=("Answered@1",),
        read=lambda places, runs, measures: _AnsweredJudge(measures),
    )


def lines(path: Path, *rows: str) -> str:
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("own_registry")
def test_a_new_measure_over_qrels_goes_all_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(UsageError, match=r"unknown measure 'P@2'"):
        parse_measures(["P@2"])
    register(Precision)
    run = lines(tmp_path / "bm25.sw.txt", "q1 Q0 a 1 2.0 t", "q1 Q0 b 2 1.0 t", "q2 Q0 c 1 1.0 t")
    qrels = lines(tmp_path / "qrels.sw.txt", "q1 0 a 1", "q1 0 b 1", "q2 0 c 1", "q3 0 d 1")
    report = tmp_path / "report.json"
    flags = ["--runs", run, "--qrels", qrels, "--measures", "precision@2,R@1", "--report", str(report)]
    assert main(["evaluate", *flags]) == 0
    assert capsys.readouterr().out.startswith("P@2     sw\nbm25  50.0\n\nR@1     sw\n")
    assert json.loads(report.read_text(encoding="utf-8"))["measures"] == ["P@2", "R@1"]
    assert main(["evaluate", "--runs", run, "--measures", "P@2"]) == 2
    assert "P@2 is computed from qrels, so give --qrels" in capsys.readouterr().err
    assert main(["evaluate", "--runs", run, "--measures", "P"]) == 2
    assert "allowed are R@K, MRR@K, nDCG@K, Success@K, P@K, MRR, nDCG (K a whole" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    assert "Success@K, P@K, MRR" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("own_registry")
def test_a_new_basis_goes_all_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    register(Answered)
    run = lines(tmp_path / "bm25.sw.txt", "q1 Q0 a 1 2.0 t")
    assert main(["evaluate", "--runs", run, "--evidence", str(tmp_path), "--measures", "Answered@1"]) == 0
    assert capsys.readouterr().out == (
        "Answered@1    sw\nbm25        50.0\n\nNotes:\n  bm25, sw: 1 query (q1) of which little is known\n"
    )
    assert main(["evaluate", "--runs", run, "--measures", "Answered@1"]) == 2
    assert "Answered@1 is computed from evidence, so give --evidence" in capsys.readouterr().err


@pytest.mark.usefixtures("own_registry")
def test_every_measure_over_qrels_says_the_same_by_the_library_and_by_ranks_alone():
    register(Precision)
    rankings = {"q1": {"a": 3.0, "b": 2.0, "c": 1.0}, "q2": {"d": 1.0, "e": 0.5}, "q3": {"f": 1.0}}
    judgments = {"q1": {"b": 2, "c": 1, "z": 1}, "q2": {"e": 1}, "q3": {"x": 1}, "q4": {"a": 0}}
    pool = make_pool([rankings, {}], judgments, ReciprocalRanks())
    ranks = pool.ranks(np.array([1.0, 0.0]))
    kinds = [kind for kind in dict.fromkeys(registry.MEASURES.values()) if issubclass(kind, QrelsMeasure)]
    measures = [kind(cutoff) for kind in kinds for cutoff in (1, 2, 10, *([None] if kind.WHOLE_RUN else []))]
    assert {measure.NAME for measure in measures} == {"R", "MRR", "nDCG", "Success", "P"}
    scores = score_rankings(rankings, judgments, measures)
    for measure in measures:
        expected = [scores.per_query[measure.name][qid] for qid in pool.topics]
        assert score_topics(pool, ranks, measure).tolist() == pytest.approx(expected), measure.name


def test_a_measure_that_is_incomplete_is_refused_at_once():
    class NoFormula(QrelsMeasure):
        NAME = "X"
        SPELLINGS = ("x",)

    class NoName(Precision):
        NAME = "Y"

    class Taken(Precision):
        NAME = "Prec"
        SPELLINGS = ("prec", "recall")

    class Unknown(Answered):
        BASIS = Basis(name="votes", flags=("votes",), material="", needs="", defaults=(), read=Answered.BASIS.read)

    before = dict(registry.MEASURES)
    for measure, message in (
        (NoFormula, "measure NoFormula lacks library, of_ranks"),
        (NoName, "measure NoName cannot be written as tables print it, Y"),
        (Taken, "'recall' is Recall already, so it cannot be Taken as well"),
        (Unknown, "measure Unknown needs votes, which JudgmentPlaces lacks"),
    ):
        with pytest.raises(TypeError, match=message):
            register(measure)
    assert before == registry.MEASURES
