"""LoCoMo's recall: the definition by hand, and beside the formula of the paper's code."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from pyserini_xqg.commands import main
from pyserini_xqg.errors import InputError, UsageError
from pyserini_xqg.evaluate.scoring.measures.locomo_recall import read_evidence, score_evidence
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures


def pieces(*docids: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(filter(None, docid.split("|"))) for docid in docids)


EVIDENCE = {
    "both": pieces("d1", "d2"),
    "held by several": pieces("d7|d3", "d9"),
    "one passage holds two": pieces("d1", "d1|d2", "d8"),
    "none": pieces(),
    "dangling": pieces("d1", ""),
    "unanswered": pieces("d1"),
    "unanswered, none": pieces(),
}
RANKING = ["d1", "d3", "d2", "d4"]


def test_the_definition():
    rankings = {qid: RANKING for qid in EVIDENCE if not qid.startswith("unanswered")} | {"other": RANKING}
    scores = score_evidence(rankings, EVIDENCE, parse_measures(["LoCoMo@1", "LoCoMo@3"]))
    assert scores.per_query["LoCoMo@1"] == pytest.approx(
        {
            "both": 0.5,
            "held by several": 0,
            "one passage holds two": 2 / 3,
            "none": 1,
            "dangling": 0.5,
            "unanswered": 0,
            "unanswered, none": 1,
        }
    )
    assert scores.per_query["LoCoMo@3"] == pytest.approx(
        {
            "both": 1,
            "held by several": 0.5,
            "one passage holds two": 2 / 3,
            "none": 1,
            "dangling": 0.5,
            "unanswered": 0,
            "unanswered, none": 1,
        }
    )
    assert scores.missing == ("unanswered",)
    assert scores.unjudged == ("other",)


def test_turns_score_as_in_the_papers_code():
    """Its formula, on turns: hits among the retrieved ids over the number of ids; 1 where there are none."""
    dice = random.Random(3)
    turns = [f"D{session}:{turn}" for session in range(1, 4) for turn in range(1, 9)]
    listed = {f"q{number}": dice.sample(turns, dice.randrange(4)) for number in range(200)}
    retrieved = {qid: dice.sample(turns, 10) for qid in listed}
    theirs = {
        qid: sum(one in retrieved[qid][:5] for one in ids) / len(ids) if ids else 1 for qid, ids in listed.items()
    }
    ours = score_evidence(retrieved, {qid: pieces(*ids) for qid, ids in listed.items()}, parse_measures(["LoCoMo@5"]))
    assert ours.per_query["LoCoMo@5"] == pytest.approx(theirs)


def test_other_measures_need_other_judgments():
    with pytest.raises(UsageError, match=r"R@5 cannot be computed from evidence"):
        score_evidence({}, EVIDENCE, parse_measures(["R@5"]))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r":2: expected \{"),
        ('{"id": "q2"}', r":2: expected"),
        ('{"id": 3, "evidence": []}', r":2: expected"),
        ('{"id": "q2", "evidence": ["d1"]}', r":2: expected"),
        ('{"id": "q2", "evidence": [[""]]}', r":2: expected"),
        ('{"id": "q2", "evidence": {}}', r":2: expected"),
        ('{"id": "q1", "evidence": []}', r":2: question 'q1' is there already"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: str, message: str):
    (tmp_path / "evidence.en.jsonl").write_text('{"id": "q1", "evidence": [["d1"]]}\n' + line + "\n")
    with pytest.raises(InputError, match=r"evidence\.en\.jsonl" + message):
        read_evidence(tmp_path)


def test_the_paper_s_recall_a_category_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = [
        {"id": "q1", "evidence": [["d1"], ["d9"]]},
        {"id": "q2", "evidence": [["d3"]]},
        {"id": "q3", "evidence": []},
    ]
    (tmp_path / "evidence.en.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (tmp_path / "categories.tsv").write_text("q1\tmulti-hop\nq2\tsingle-hop\nq3\tmulti-hop\n")
    ranked = (f"{qid} Q0 {docid} {rank} {1 / rank} x" for qid in ("q1", "q2") for rank, docid in enumerate(RANKING, 1))
    (tmp_path / "bm25.en.txt").write_text("".join(f"{line}\n" for line in ranked))
    flags = ["--runs", str(tmp_path / "bm25.en.txt"), "--evidence", str(tmp_path)]
    assert (
        main(["evaluate", *flags, "--groups", str(tmp_path / "categories.tsv"), "--measures", "LoCoMo@1,locomo@2"]) == 0
    )
    assert capsys.readouterr().out == (
        "LoCoMo@1    en  multi-hop  single-hop\n"
        "bm25      50.0       75.0         0.0\n"
        "\n"
        "LoCoMo@2    en  multi-hop  single-hop\n"
        "bm25      83.3       75.0       100.0\n"
    )  # fmt: skip
    assert main(["evaluate", *flags]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("LoCoMo")] == [
        "LoCoMo@5",
        "LoCoMo@10",
        "LoCoMo@25",
        "LoCoMo@50",
    ]
    assert main(["evaluate", "--runs", flags[1], "--measures", "LoCoMo@5"]) == 2
    assert "LoCoMo@5 is computed from evidence, so give --evidence" in capsys.readouterr().err
