from __future__ import annotations

import pytest

from pyserini_xqg.robustness.comparison.outcome import Outcomes, per_query


def test_average_and_worst_over_variants_by_query():
    found = per_query([1.0, 1.0, 0.0, 0.5], [[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 0.0], [1.0, 0.5, 0.5, 0.5]])
    assert found.perturbed.tolist() == pytest.approx([1.0, 0.5, 0.5, 0.5])
    assert found.worst.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found.drop.tolist() == pytest.approx([0.0, 0.5, -0.5, 0.0])
    assert found.outcomes == Outcomes(wins=1, ties=2, losses=1)


def test_where_nothing_changes_rounding_makes_no_difference():
    found = per_query([0.1, 0.7], [[0.1, 0.7]] * 3)
    assert (0.1 + 0.1 + 0.1) / 3 != 0.1
    assert found.drop.tolist() == [0.0, 0.0]
    assert found.outcomes == Outcomes(ties=2)


def test_outcomes_add_up_over_languages():
    assert Outcomes(1, 2, 3) + Outcomes(10, 20, 30) == Outcomes(11, 22, 33)
    assert str(Outcomes(1, 2, 3)) == "1/2/3"
