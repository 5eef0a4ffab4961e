"""Scores over qrels: figures worked out by hand, and an independent computation of the definitions on random runs."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import score_rankings, score_run
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures

MEASURES = ["R@1", "R@2", "Success@2", "MRR@2", "MRR", "nDCG@3"]

QRELS = """\
q1 0 a 1
q1 0 b 1
q2 0 a 2
q2 0 c 1
q2 0 d 0
q3 0 e 1
"""
RUN = """\
q1 Q0 x 1 9.000000 t
q1 Q0 b 2 8.000000 t
q1 Q0 a 3 7.000000 t
q2 Q0 d 1 0.900000 t
q2 Q0 c 2 0.800000 t
q2 Q0 a 3 0.700000 t
q9 Q0 a 1 1.000000 t
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_figures_worked_out_by_hand(tmp_path: Path):
    scores = score_run(write(tmp_path / "run.txt", RUN), write(tmp_path / "qrels.txt", QRELS), MEASURES)
    # q1: x b a, relevant a b. DCG@3 = 1/log2(3) + 1/log2(4); ideal = 1 + 1/log2(3).
    # q2: d c a, gains 0 1 2. DCG@3 = 1/log2(3) + 2/log2(4); ideal = 2 + 1/log2(3).
    third = 1 / math.log2(3)
    expected = {
        "R@1": {"q1": 0, "q2": 0, "q3": 0},
        "R@2": {"q1": 0.5, "q2": 0.5, "q3": 0},
        "Success@2": {"q1": 1, "q2": 1, "q3": 0},
        "MRR@2": {"q1": 0.5, "q2": 0.5, "q3": 0},
        "MRR": {"q1": 0.5, "q2": 0.5, "q3": 0},
        "nDCG@3": {"q1": (third + 0.5) / (1 + third), "q2": (third + 1) / (2 + third), "q3": 0},
    }
    assert scores.per_query.keys() == expected.keys()
    for measure, per_query in expected.items():
        assert scores.per_query[measure] == pytest.approx(per_query)
    assert scores.mean("R@2") == pytest.approx(1 / 3)
    assert scores.mean_of_answered("R@2") == pytest.approx(1 / 2)


def test_missing_queries_are_misses_and_named_and_unjudged_ones_too(tmp_path: Path):
    scores = score_run(write(tmp_path / "run.txt", RUN), write(tmp_path / "qrels.txt", QRELS), ["R@1"])
    assert scores.missing == ("q3",)
    assert scores.unjudged == ("q9",)
    assert "q9" not in scores.per_query["R@1"]


def test_mrr_beyond_its_cutoff_is_zero():
    rankings = {"q": {f"d{rank:02}": -float(rank) for rank in range(1, 13)}}
    for rank in (9, 10, 11):
        scores = score_rankings(rankings, {"q": {f"d{rank:02}": 1}}, parse_measures(["MRR@10", "MRR"]))
        assert scores.per_query["MRR"]["q"] == pytest.approx(1 / rank)
        assert scores.per_query["MRR@10"]["q"] == pytest.approx(1 / rank if rank <= 10 else 0)


def test_equal_scores_are_ordered_as_trec_eval_does_in_every_measure(tmp_path: Path):
    # a, b, c tie: trec_eval looks at c, b, a, whatever the rank column says. So b is second, not first.
    run = write(tmp_path / "run.txt", "q Q0 b 1 1.000000 t\nq Q0 a 2 1.000000 t\nq Q0 c 3 1.000000 t\n")
    qrels = write(tmp_path / "qrels.txt", "q 0 b 1\n")
    scores = score_run(run, qrels, ["R@1", "MRR@10", "MRR", "nDCG@10"])
    assert scores.per_query == {
        "R@1": {"q": 0.0}, "MRR@10": {"q": 0.5}, "MRR": {"q": 0.5}, "nDCG@10": {"q": pytest.approx(1 / math.log2(3))},
    }  # fmt: skip
    # With the same docids in another order of a tie, RR@k of ir_measures' own choice would differ: only c is first.
    first = score_run(run, write(tmp_path / "qrels.txt", "q 0 c 1\n"), ["R@1", "MRR@10"])
    assert first.per_query == {"R@1": {"q": 1.0}, "MRR@10": {"q": 1.0}}


def test_against_an_independent_computation():
    chance = random.Random(7)
    documents = [f"d{n}" for n in range(40)]
    judgments = {
        f"q{n}": {docid: chance.choice([0, 0, 1, 2]) for docid in chance.sample(documents, 12)} for n in range(60)
    }
    rankings = {
        qid: {docid: chance.random() for docid in chance.sample(documents, chance.randint(1, 40))}
        for qid in judgments
        if chance.random() > 0.1
    }
    names = ["R@1", "R@5", "R@20", "Success@5", "MRR@5", "MRR@10", "nDCG@5", "nDCG@20"]
    scores = score_rankings(rankings, judgments, parse_measures(names))
    assert set(scores.missing) == judgments.keys() - rankings.keys()
    for qid, judged in judgments.items():
        found = rankings.get(qid, {})
        gains = [judged.get(docid, 0) for docid in sorted(found, key=lambda docid, found=found: -found[docid])]
        relevant = sum(gain > 0 for gain in judged.values())
        best = sorted(judged.values(), reverse=True)
        for name in names:
            kind, _, cut = name.partition("@")
            k = int(cut)
            hits = [rank for rank, gain in enumerate(gains[:k], 1) if gain > 0]
            if kind == "R":
                expected = len(hits) / relevant if relevant else 0
            elif kind == "Success":
                expected = float(bool(hits))
            elif kind == "MRR":
                expected = 1 / hits[0] if hits else 0
            else:
                ideal = sum(gain / math.log2(rank + 1) for rank, gain in enumerate(best[:k], 1))
                expected = (
                    sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:k], 1)) / ideal if ideal else 0
                )
            assert scores.per_query[name][qid] == pytest.approx(expected, abs=1e-9), (qid, name)


def test_qrels_of_other_queries_are_refused(tmp_path: Path):
    run = write(tmp_path / "run.txt", RUN)
    with pytest.raises(
        InputError,
        match=r"run\.txt: shares no query with .*other\.txt: the run's first is 'q1', there the first is 'z1'",
    ):
        score_run(run, write(tmp_path / "other.txt", "z1 0 a 1\n"), ["R@1"])


def test_an_empty_run_misses_every_query(tmp_path: Path):
    scores = score_run(write(tmp_path / "run.txt", ""), write(tmp_path / "qrels.txt", QRELS), ["R@1"])
    assert scores.mean("R@1") == 0.0
    assert set(scores.missing) == set(scores.per_query["R@1"])


@pytest.mark.parametrize(
    ("run", "qrels", "message"),
    [
        ("q1 Q0 a 1 nan t\n", QRELS, r"run\.txt:1: the score is nan"),
        (
            "q1 Q0 a 1 1.0 t\nq2 Q0 a 1 1.0 t\nq1 Q0 a 2 0.5 t\n",
            QRELS,
            r"run\.txt:3: document 'a' is there twice for query 'q1'",
        ),
        ("q1 Q0 a 1 1.0\n", QRELS, r"run\.txt:1: expected 'qid Q0 docid rank score tag'"),
        (RUN, "q1 0 a 1\nq1 0 a 0\n", r"qrels\.txt:2: document 'a' is judged twice for query 'q1'"),
        (RUN, "", r"qrels\.txt: the qrels file is empty"),
    ],
)
def test_bad_files_are_named_by_file_and_line(tmp_path: Path, run: str, qrels: str, message: str):
    with pytest.raises(InputError, match=message):
        score_run(write(tmp_path / "run.txt", run), write(tmp_path / "qrels.txt", qrels), ["R@1"])


def test_token_recall_does_not_come_from_qrels():
    with pytest.raises(UsageError, match="R@2kt cannot be computed from qrels"):
        score_rankings({"q": {"a": 1.0}}, {"q": {"a": 1}}, parse_measures(["R@1", "R@2kt"]))
