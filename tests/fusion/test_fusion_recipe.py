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


@pytest.mark.parametrize(("name", "alpha"), [("mean", 0.4), ("views", 0.5), ("sum", 0.01)])
def test_alpha_is_the_fusions_own_where_none_is_given(name: str, alpha: float):
    assert Recipe(name).alpha == alpha
    assert Recipe(name, 0.2).alpha == 0.2


@pytest.mark.parametrize("kappa", [-0.01, float("nan"), float("inf"), -float("inf")])
def test_kappa_out_of_range(kappa: float):
    with pytest.raises(UsageError, match=r"kappa is (-0.01|nan|inf|-inf); it must be a number of queries, 0 or more"):
        Recipe(kappa=kappa)
    with pytest.raises(UsageError, match="kappa is"):
        Recipe(kappas=(1.0, kappa))


def test_kappas_are_one_for_all_or_what_a_store_says_of_each():
    assert Recipe().shrinkage(3).tolist() == [8.0] * 3
    assert Recipe(kappa=0.0).shrinkage(2).tolist() == [0.0] * 2
    assert Recipe(kappa=None, kappas=(1.5, 2.0)).shrinkage(2).tolist() == [1.5, 2.0]
    for unknown in (Recipe(kappa=None), Recipe(kappas=(1.0, 2.0))):
        with pytest.raises(ValueError, match="not completed by a store"):
            unknown.shrinkage(3)
