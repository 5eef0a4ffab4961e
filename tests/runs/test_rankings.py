"""Views in runs: seen, and turned into passages."""

from __future__ import annotations

from pyserini_xqg.runs.rankings import find_view, passages_of_views


def test_views_are_known_by_their_language():
    assert find_view({"1": {"d#1": 1.0, "d#0": 0.5}, "2": {"a": 1.0, "d1#ar": 0.4}}) == "d1#ar"
    assert find_view({"1": {"D123#4": 1.0, "doc": 1.0, "#": 1.0, "x#arx": 1.0}}) is None


def test_a_passage_has_the_score_of_its_best_view_and_the_place_of_its_first():
    views = {"q": {"d1#ar": 0.5, "d2": 0.4, "d1": 0.7, "d2#ja": 0.1, "d3##x": 0.05}}
    assert list(passages_of_views(views, "#")["q"].items()) == [("d1", 0.7), ("d2", 0.4), ("d3", 0.05)]
