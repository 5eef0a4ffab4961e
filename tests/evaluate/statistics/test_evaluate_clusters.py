from __future__ import annotations

from pyserini_xqg.evaluate.statistics.clusters import Resample, clusters_of

JUDGMENTS = {
    "ar": {"q1": {"d1": 1}, "q2": {"d1": 2}, "q3": {"d2": 1, "d9": 0}, "q4": {"d9": 0}},
    "de": {"q1": {"d1": 1}, "q5": {"d2": 1, "d3": 1}, "q6": {"d3": 1}, "q4": {}},
}


def test_queries_that_share_a_relevant_passage_go_together_over_languages_and_through_others():
    found = clusters_of(JUDGMENTS, Resample.PASSAGES)
    # d2 and d3 hang together through q5; d9 is judged, but not relevant; a query without a relevant passage is alone,
    # in each language.
    assert found == {"ar": {"q1": 0, "q2": 0, "q3": 1, "q4": 2}, "de": {"q1": 0, "q5": 1, "q6": 1, "q4": 3}}


def test_query_ids_go_with_their_translations():
    found = clusters_of(JUDGMENTS, Resample.QUERIES)
    assert found == {"ar": {"q1": 0, "q2": 1, "q3": 2, "q4": 3}, "de": {"q1": 0, "q5": 4, "q6": 5, "q4": 3}}


def test_a_long_chain_of_shared_passages_is_one_cluster():
    chain = {f"q{n}": {f"d{n}": 1, f"d{n + 1}": 1} for n in range(5000)}
    assert set(clusters_of({"en": chain}, Resample.PASSAGES)["en"].values()) == {0}
    backwards = {f"q{n}": {f"d{n}": 1, f"d{n + 1}": 1} for n in reversed(range(5000))}
    assert set(clusters_of({"en": backwards}, Resample.PASSAGES)["en"].values()) == {0}
