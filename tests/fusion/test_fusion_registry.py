"""The registry: what is missing is said at once, and nothing falls back to another fusion."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mean import MEAN
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import FUSIONS, by_name, checked, find_fusion, in_words
from pyserini_xqg.fusion.views import VIEWS

COUNTS = np.array([[2, 0, 1], [0, 0, 0], [5, 5, 5]], dtype=np.int32)


def test_the_names_are_those_of_the_command_line_and_of_old_indexes():
    assert list(FUSIONS) == ["mean", "sum", "views"]
    assert all(find_fusion(name).name == name for name in FUSIONS)


@pytest.mark.parametrize("name", FUSIONS)
def test_each_gives_every_passage_what_it_says(name: str):
    recipe = Recipe(name, languages=("ar", "ja", "ru"))
    made = FUSIONS[name].mixtures_of(COUNTS, recipe)
    for mixture in made:
        assert mixture.there.shape == mixture.divisors.shape == (3,)
        assert mixture.coefficients is None or mixture.coefficients.shape == COUNTS.shape
        assert (mixture.divisors >= 0).all()
    assert (
        FUSIONS[name].mixtures_of(COUNTS, replace(recipe, alpha=0.9))[0].divisors.tolist() == made[0].divisors.tolist()
    )


@pytest.mark.parametrize("field", [field.name for field in fields(Fusion)])
def test_a_fusion_that_lacks_something_cannot_be_written(field: str):
    said = {own.name: getattr(MEAN, own.name) for own in fields(Fusion) if own.name != field}
    with pytest.raises(TypeError, match=field):
        Fusion(**said)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Max Pool"),
        ("words", " "),
        ("formula", ""),
        ("formula_alone", ""),
        ("alpha", 1.5),
        ("alpha", None),
        ("needs", None),
        ("equal_numbers", None),
        ("shrinks", None),
        ("views", 1),
        ("mixtures", None),
    ],
)
def test_nor_registered(field: str, value: Any):
    with pytest.raises(ValueError, match=f"lacks its {field}"):
        checked(replace(MEAN, **{field: value}))


def test_a_name_is_one_fusions():
    with pytest.raises(ValueError, match="two fusions are called 'mean'"):
        by_name([MEAN, VIEWS, replace(VIEWS, name="mean")])


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError, match="there is no fusion 'max'; there are mean, sum, views"):
        find_fusion("max")


def test_help_marks_the_default():
    assert in_words("mean") == "mean (default), sum (the paper) or views (a vector a language)"
    assert in_words("views") == "mean (their mean), sum (the paper) or views (default)"


def test_a_passage_without_a_vector_or_with_one_too_many_or_a_strange_name_is_the_fusions_mistake():
    def mixture(view: str | None, there: list[bool]) -> Mixture:
        return Mixture(view=view, there=np.array(there), coefficients=None, divisors=np.zeros(3))

    recipe = Recipe(languages=("ar", "ja", "ru"))
    every = [True, True, True]
    for base, made, problem in (
        (MEAN, (), "without a vector"),
        (MEAN, (mixture(None, [True, False, True]),), "without a vector"),
        (MEAN, (mixture(None, every), mixture(None, every)), "one too many"),
        (MEAN, (mixture("ar", every),), "calls a vector 'ar'"),
        (VIEWS, (mixture("ar", [True, False, True]),), "without a vector"),
        (VIEWS, (mixture("sw", every),), "calls a vector 'sw'"),
        (VIEWS, (mixture(None, every),), "calls a vector None"),
    ):
        with pytest.raises(ValueError, match=problem):
            replace(base, mixtures=lambda counts, recipe, made=made: made).mixtures_of(COUNTS, recipe)
    assert replace(VIEWS, mixtures=lambda counts, recipe: (mixture("ar", every), mixture("", every))).mixtures_of(
        COUNTS, recipe
    )


def test_what_a_store_keeps_holds_what_is_less():
    assert [keep.holds(least) for keep in Keep for least in (Keep.TOTAL, Keep.LANGUAGES, Keep.RANKS)] == [
        *(True, True, False),
        *(True, False, False),
        *(True, True, True),
    ]
