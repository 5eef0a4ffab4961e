"""Scores beside the expected ones, and how they are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_matrix_read import GOOD, write

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.reproduce.matrix.model import Matrix
from pyserini_xqg.reproduce.matrix.read import read_matrix
from pyserini_xqg.reproduce.matrix.record import as_record
from pyserini_xqg.reproduce.matrix.report.page import to_page
from pyserini_xqg.reproduce.matrix.results import ConditionOutcome, MatrixResult, ScoreVerdict, compare
from pyserini_xqg.reproduce.matrix.texts import to_text


@pytest.fixture
def matrix(tmp_path: Path) -> Matrix:
    return read_matrix(write(tmp_path, GOOD))


def scores(r1: float, mrr: float) -> RunScores:
    return RunScores({"R@1": {"q1": r1, "q2": r1}, "MRR@10": {"q1": mrr, "q2": mrr}})


def result(
    matrix: Matrix, measured: dict[str, RunScores], missing: ScoreVerdict = ScoreVerdict.FAILED, reason: str = ""
) -> MatrixResult:
    outcomes = tuple(
        ConditionOutcome(
            one, {}, compare(one, measured if one.name == "dense" else {}, missing), reason, 1.0, 100.0, None
        )
        for one in matrix.conditions[:1]
    )
    return MatrixResult(matrix, outcomes, {}, {"dense": measured} if measured else {})


@pytest.mark.parametrize(
    ("r1", "mrr", "verdict"),
    [
        (0.5, 0.6, ScoreVerdict.OK),
        (0.51, 0.6, ScoreVerdict.OK),
        (0.511, 0.6, ScoreVerdict.WRONG),
        (0.489, 0.6, ScoreVerdict.WRONG),
        (0.5, 0.60004, ScoreVerdict.OK),  # a tolerance of 0 still allows what four decimals leave out
        (0.5, 0.6002, ScoreVerdict.WRONG),
    ],
)
def test_a_score_outside_its_tolerance_is_wrong(matrix: Matrix, r1: float, mrr: float, verdict: ScoreVerdict):
    found = result(matrix, {"sw": scores(r1, mrr)})
    assert found.outcomes[0].verdict is verdict
    assert found.is_good is (verdict is ScoreVerdict.OK)


def test_what_was_wrong_is_a_line_of_its_own(matrix: Matrix):
    text = to_text(result(matrix, {"sw": scores(0.4, 0.6)}))
    assert "wrong: dense, sw: R@1 is 0.4000, expected 0.5000 (tolerance 0.01)" in text.splitlines()
    assert "wrong: dense, macro: R@1 is 0.4000, expected 0.5000 (tolerance 0.01)" in text.splitlines()
    assert text.splitlines()[-1] == "mine: 1 of 3 scores are as expected, 2 wrong"
    assert "40.0 (not 50.0)" in text


def test_what_was_not_run_is_never_as_expected(matrix: Matrix):
    found = result(matrix, {}, ScoreVerdict.NOT_RUN, "no data")
    assert found.is_good
    assert to_text(found).splitlines()[-2:] == [
        "not run: dense: no data",
        "mine: 0 of 3 scores are as expected, 3 not run",
    ]
    assert as_record(found)["conditions"]["dense"]["scores"]["sw"]["R@1"] == {
        "measured": None,
        "expected": 0.5,
        "verdict": "not run",
    }


def test_a_score_that_nobody_expects_is_shown_as_unchecked(matrix: Matrix):
    found = compare(
        replace(matrix.conditions[0], topics=(replace(matrix.conditions[0].topics[0], scores=()),)),
        {"sw": scores(0.4, 0.6)},
        ScoreVerdict.FAILED,
    )
    assert [(score.measure, score.measured, score.verdict) for score in found] == [
        ("R@1", 0.4, "unchecked"),
        ("MRR@10", 0.6, "unchecked"),
    ]


def test_a_page_can_be_made_of_nothing(matrix: Matrix):
    page = to_page(result(matrix, {}, ScoreVerdict.NOT_RUN, "no data"))
    assert [section.title for section in page.sections] == ["Scores"]
