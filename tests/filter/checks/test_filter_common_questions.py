"""Counting on disk, against a counter in memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from pyserini_xqg.filter.checks import common_questions
from pyserini_xqg.filter.checks.common_questions import CommonQuestions


@pytest.mark.parametrize("a_part", [2**21, 100])
def test_the_counts_are_those_of_a_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, a_part: int):
    monkeypatch.setattr(common_questions, "_KEYS_A_PART", a_part)
    chance = np.random.default_rng(5)
    pool = chance.integers(2**64, size=400, dtype=np.uint64)
    keys = pool[chance.zipf(1.3, 5000).clip(max=400) - 1]
    common = CommonQuestions(np.array_split(keys, 13), len(keys), 10, tmp_path)
    counted = Counter(keys.tolist())
    asked = np.concatenate([pool, np.array([0, 2**64 - 1], dtype=np.uint64)])
    assert common.counts(asked).tolist() == [counted[key] if counted[key] > 10 else 0 for key in asked.tolist()]
    assert not list(tmp_path.glob("*.keys")), "the keys themselves are gone"


def test_nothing_is_common_where_there_is_nothing(tmp_path: Path):
    common = CommonQuestions([np.empty(0, np.uint64)], 0, 1, tmp_path)
    assert common.counts(np.array([7], dtype=np.uint64)).tolist() == [0]
    assert common.counts(np.empty(0, np.uint64)).tolist() == []


def test_exactly_as_many_as_allowed_is_not_common(tmp_path: Path):
    keys = np.array([1, 1, 2, 2, 2], dtype=np.uint64)
    assert CommonQuestions([keys], 5, 2, tmp_path).counts(keys).tolist() == [0, 0, 3, 3, 3]
