"""What a matrix's conditions have to say about its claims."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_matrix_read import CLAIMS, GOOD, write

from pyserini_xqg.evaluate.scoring.scores import RunScores
from pyserini_xqg.reproduce.matrix.claims import ClaimedPair, Holds, claimed_pairs
from pyserini_xqg.reproduce.matrix.read import read_matrix
from pyserini_xqg.reproduce.matrix.report.claims import claim_table
from pyserini_xqg.reproduce.matrix.results import MatrixResult

KEYS = ("ar", "de", "sw")
MANY = "".join(f"      - {{topic_key: {key}, scores: [{{R@1: 0.5, MRR@10: 0.5}}]}}\n" for key in KEYS)
TEXT = GOOD.replace(GOOD[GOOD.index("      - {topic_key: sw, scores") : GOOD.index("  - name: fused")], MANY).replace(
    "topics: [{topic_key: sw}]", f"topics: [{', '.join(f'{{topic_key: {key}}}' for key in KEYS)}]"
) + CLAIMS.replace("    keys: [sw]\n", "")


def scored(values: dict[str, list[float]]) -> dict[str, RunScores]:
    return {
        key: RunScores({"MRR@10": {f"q{number}": value for number, value in enumerate(mine)}})
        for key, mine in values.items()
    }


def compared(tmp_path: Path, text: str, fused: dict[str, list[float]], dense: dict[str, list[float]]) -> ClaimedPair:
    matrix = read_matrix(write(tmp_path, text))
    scores = {"fused": scored(fused), "dense": scored(dense)}
    (one,) = claimed_pairs(matrix, {name: own for name, own in scores.items() if own})
    return one


def test_a_claim_holds_where_the_interval_lies_above_nothing(tmp_path: Path):
    none = {key: [0.0, 1.0] * 20 for key in KEYS}
    better = {"ar": [1.0] * 40, "de": [0.0, 1.0] * 20, "sw": [0.0, 1.0] * 19 + [1.0, 0.0]}
    one = compared(tmp_path, TEXT, better, none)
    assert one.difference is not None
    assert one.difference.value == pytest.approx((0.5 + 0 + 0) / 3)
    assert (one.holds, one.gains, one.losses) == (Holds.YES, ("ar",), ())
    back = compared(tmp_path, TEXT, none, better)
    assert (back.holds, back.gains, back.losses) == (Holds.NO, (), ("ar",))
    assert compared(tmp_path, TEXT, none, none).holds is Holds.UNSURE


def test_a_claim_may_be_about_some_languages(tmp_path: Path):
    none = {key: [0.0, 1.0] * 20 for key in KEYS}
    better = none | {"ar": [1.0] * 40}
    text = TEXT.replace("    pairs:", "    keys: [de, sw]\n    pairs:")
    one = compared(tmp_path, text, better, none)
    assert one.difference is not None
    assert (one.difference.value, one.holds, one.gains) == (0, Holds.UNSURE, ())
    one = compared(tmp_path, text.replace("[de, sw]", "[ar]"), better, none)
    assert one.difference is not None
    assert (one.difference.value, one.difference.language, one.holds) == (0.5, "ar", Holds.YES)


def test_what_did_not_run_shows_nothing(tmp_path: Path):
    one = compared(tmp_path, TEXT, {}, {key: [0.0, 1.0] * 20 for key in KEYS})
    assert (one.holds, one.difference) == (Holds.NOT_RUN, None)


def test_the_table_names_a_claim_once(tmp_path: Path):
    text = TEXT + "      - [dense, fused]\n"
    matrix = read_matrix(write(tmp_path, text))
    values = scored({key: [0.0, 1.0] * 20 for key in KEYS})
    scores = {"fused": values, "dense": values}
    table = claim_table(MatrixResult(matrix, (), {}, scores, claimed_pairs(matrix, scores)))
    assert [row[0].text for row in table.rows] == ["Fusing with itself changes nothing", ""]
    assert [row[2].text for row in table.rows] == ["fused over dense", "dense over fused"]
    assert [row[1].text for row in table.rows] == ["nobody has said", ""]
