"""A recipe's settings."""

from __future__ import annotations

import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.recipe import Recipe


@pytest.mark.parametrize("alpha", [-0.01, 1.01, float("nan"), float("inf")])
def test_alpha_out_of_range(alpha: float):
    with pytest.raises(UsageError, match=r"alpha is .* between 0 .* and 1"):
        Recipe(alpha=alpha)


@pytest.mark.parametrize("first", [0, -1])
def test_first_queries_out_of_range(first: int):
    with pytest.raises(UsageError, match="at least 1"):
        Recipe(queries_per_language=first)


@pytest.mark.parametrize("name", ["max", "", "Mean"])
def test_a_fusion_that_nobody_knows(name: str):
    with pytest.raises(UsageError, match=f"no fusion '{name}'; there are mean, sum, views"):
        Recipe(name)
