from __future__ import annotations

from pathlib import Path

from pyserini_xqg.evaluate.inputs.order import disordered, first_disorder, tied
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces
from pyserini_xqg.evaluate.notes import run_notes
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
from pyserini_xqg.evaluate.scoring.systems import score_systems
from pyserini_xqg.runs.rankings import read_rankings

RUN = """\
q1 Q0 a 1 3.0 t
q1 Q0 b 2 2.0 t
q2 Q0 c 3 9.0 t
q2 Q0 a 1 3.0 t
q2 Q0 b 2 2.0 t
q3 Q0 a 1 2.0 t
q3 Q0 b 2 2.0 t
q3 Q0 c 3 1.0 t
"""
QRELS = "q1 0 b 1\nq2 0 b 1\nq3 0 a 1\n"


def written(place: Path, name: str, text: str) -> Path:
    (place / name).write_text(text, encoding="utf-8")
    return place / name


def test_ranks_that_contradict_scores_are_found_with_their_line(tmp_path: Path):
    run = written(tmp_path, "run.ar.txt", RUN)
    assert disordered(read_rankings(run)) == ("q2",)
    assert first_disorder(run, "q2") == 3
    shuffled = written(tmp_path, "shuffled.txt", "q Q0 b 2 1.0 t\nq Q0 a 1 2.0 t\n")
    assert disordered(read_rankings(shuffled)) == ()  # lines in another order than ranks are no contradiction


def test_ties_count_where_they_decide_a_score():
    rankings = {"q": {"a": 2.0, "b": 2.0, "c": 1.0, "d": 1.0}}
    assert tied(rankings, {"q": {"a": 1}}) == ("q",)
    assert tied(rankings, {"q": {"a": 1, "b": 1}}) == ()
    assert tied(rankings, {"q": {"a": 1, "b": 2}}) == ("q",)
    assert tied(rankings, {"q": {"a": 0}, "other": {"a": 1}}) == ()
    assert tied({"q": {"a": 1.0, "b": 1.0 + 1e-9}}, {"q": {"b": 1}}) == ("q",)  # equal as 32-bit floats


def test_notes_say_both_and_how_each_was_counted(tmp_path: Path):
    runs = {"bm25": {"ar": written(tmp_path, "bm25.ar.txt", RUN)}}
    measures = parse_measures(["R@1"])
    scores = score_systems(runs, measures, JudgmentPlaces(written(tmp_path, "qrels.txt", QRELS)))
    assert run_notes(runs, scores, measures) == (
        f"bm25, ar: rank and score order 1 query (q2) differently, first at {tmp_path / 'bm25.ar.txt'}:3; counted R@1 "
        "by score, as trec_eval",
        f"bm25, ar: a relevant passage has the same score as another in 1 query (q3) of {tmp_path / 'bm25.ar.txt'}; "
        "equal scores are ordered by docid, the largest first, as trec_eval does",
    )


def test_measures_by_rank_say_so_and_ties_do_not_matter_there(tmp_path: Path):
    run = {"bm25": {"ar": written(tmp_path, "bm25.ar.txt", RUN)}}
    measures = parse_measures(["LoCoMo@1"])
    evidence = written(
        tmp_path, "evidence.jsonl", "".join(f'{{"id": "q{n}", "evidence": [["a"]]}}\n' for n in (1, 2, 3))
    )
    scores = score_systems(run, measures, JudgmentPlaces(evidence=evidence))
    (note,) = run_notes(run, scores, measures)
    assert note.endswith("bm25.ar.txt:3; counted LoCoMo@1 by rank")


def test_an_empty_run_is_told_apart_from_one_that_misses_queries(tmp_path: Path):
    runs = {"bm25": {"ar": written(tmp_path, "bm25.ar.txt", "")}}
    measures = parse_measures(["R@1"])
    scores = score_systems(runs, measures, JudgmentPlaces(written(tmp_path, "qrels.txt", QRELS)))
    (note,) = run_notes(runs, scores, measures)
    assert (
        note == f"bm25, ar: no answer to 3 queries (q1, q2, q3) in {tmp_path / 'bm25.ar.txt'} (it has no line at all), "
        "counted as misses"
    )
    assert scores["bm25"]["ar"].mean("R@1") == 0
