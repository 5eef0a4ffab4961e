import numpy as np
import pytest

from pyserini_xqg.perturb.attack.damage import standing

INF = float("inf")


@pytest.mark.parametrize(
    ("scores", "relevant", "margin", "rank"),
    [
        ([0.9, 0.5, 0.1], [1, 0, 0], 0.4, 1),
        ([0.9, 0.5, 0.1], [0, 1, 0], -0.4, 2),
        ([0.9, 0.5, 0.1], [0, 1, 1], -0.4, 2),  # the best relevant one counts
        ([0.9, 0.5, 0.1], [0, 0, 0], -0.8, 4),  # not among the hits: at most as good as the last of them
        ([0.9, -INF, -INF], [0, 0, 0], 0.0, 4),  # an index of one passage
        ([0.9, 0.5, -INF], [1, 1, 0], INF, 1),  # nothing but relevant passages
    ],
)
def test_margin_and_rank_by_hand(scores, relevant, margin, rank):
    found = standing(np.array([scores], np.float32), np.array([relevant], bool))
    assert found.margins[0] == pytest.approx(margin)
    assert found.ranks[0] == rank
