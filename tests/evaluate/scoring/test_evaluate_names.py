from __future__ import annotations

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.names import (
    DEFAULT_ANSWER_MEASURES,
    DEFAULT_MEASURES,
    Measure,
    MeasureKind,
    parse_measures,
)


def test_names_are_canonical_and_come_once():
    parsed = parse_measures(["r@1", "Recall@1", "RR@10", "mrr@10", "ndcg@10", "NDCG", "MRR", "success@5", "R@2KT"])
    assert [measure.name for measure in parsed] == ["R@1", "MRR@10", "nDCG@10", "nDCG", "MRR", "Success@5", "R@2kt"]


def test_token_recall_is_told_from_recall():
    recall, tokens = parse_measures(["R@2", "R@2kt"])
    assert recall == Measure(MeasureKind.RECALL, 2)
    assert tokens == Measure(MeasureKind.TOKEN_RECALL, 2)
    assert (recall.needs_answers, tokens.needs_answers) == (False, True)


def test_defaults_are_known_names():
    for defaults in (DEFAULT_MEASURES, DEFAULT_ANSWER_MEASURES):
        assert tuple(measure.name for measure in parse_measures(defaults)) == defaults


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
