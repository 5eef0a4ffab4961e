"""Run files as tests read and compare them."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

Run = dict[str, list[tuple[str, float]]]
"""For each topic docids and scores, best first."""


def read(path: Path) -> Run:
    """A run file whose ranks count from 1."""
    found: Run = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        qid, _, docid, rank, score, _ = line.split(" ")
        found[qid].append((docid, float(score)))
        assert int(rank) == len(found[qid])
    return dict(found)


def assert_same(ours: Run, theirs: Run, tolerance: float = 3e-6) -> None:
    """The same scores down to the last printed digits, the same docids where scores are not tied."""
    assert ours.keys() == theirs.keys()
    for qid, own in ours.items():
        np.testing.assert_allclose([score for _, score in own], [score for _, score in theirs[qid]], atol=tolerance)
        expected, last = dict(theirs[qid]), theirs[qid][-1][1]
        assert all(abs(expected.get(docid, last) - score) <= 2 * tolerance for docid, score in own)
