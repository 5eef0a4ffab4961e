"""What holds of every registered fusion: lengths, weights, the target, and inputs that stay as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mixing import mixed, passages_and_queries, some_prior, sums_and_counts

from pyserini_xqg.fusion.arithmetic import QuerySums, fuse, normalized, target, weights_at
from pyserini_xqg.fusion.mixture import Mixture
from pyserini_xqg.fusion.recipe import Recipe
from pyserini_xqg.fusion.registry import FUSIONS

LANGUAGES = ("ar", "ja")
KAPPAS = (0.0, 2.5)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("name", FUSIONS)
def test_normalised_results_are_the_others_at_length_one(name: str, kappa: float):
    passages, queries = passages_and_queries()
    recipe = Recipe(name, 0.3, normalize=False, languages=LANGUAGES, kappa=kappa)
    for (_, raw), (_, unit) in zip(
        mixed(passages, queries, recipe, some_prior()).values(),
        mixed(passages, queries, replace(recipe, normalize=True), some_prior()).values(),
        strict=True,
    ):
        np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1.0, rtol=1e-6)
        np.testing.assert_allclose(unit * np.linalg.norm(raw, axis=1)[:, None], raw, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("name", FUSIONS)
@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_each_vector_lies_between_the_passage_and_its_target(name: str, alpha: float, kappa: float):
    passages, queries = passages_and_queries()
    sums, counts = sums_and_counts(queries, passages, some_prior())
    recipe = Recipe(name, alpha, normalize=False, languages=LANGUAGES, kappa=kappa)
    vectors = mixed(passages, queries, recipe, some_prior())
    for mixture in FUSIONS[name].mixtures_of(counts, recipe):
        expected = (1 - alpha) * passages + alpha * target(passages, sums, mixture)
        np.testing.assert_allclose(vectors[mixture.view][1], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("name", FUSIONS)
def test_what_goes_in_is_not_changed(name: str, kappa: float):
    passages, queries = passages_and_queries()
    prior = some_prior()
    sums, counts = sums_and_counts(queries, passages, prior)
    assert sums.expected is not None
    assert sums.expected.predicted is not None
    goes_in = [
        passages,
        *(matrices[0] for matrices in sums.matrices),
        counts,
        prior.intercepts,
        prior.mean_passage,
        sums.expected.predicted,
    ]
    before = [own.copy() for own in goes_in]
    recipe = Recipe(name, languages=LANGUAGES, plain_view=True, kappa=kappa)
    for mixture in FUSIONS[name].mixtures_of(counts, recipe):
        normalized(fuse(passages, sums, weights_at(mixture, 0.3), view=FUSIONS[name].views))
        target(passages, sums, mixture)
    for own, as_it_was in zip(goes_in, before, strict=True):
        np.testing.assert_array_equal(own, as_it_was)


@pytest.mark.parametrize("name", ["mean", "views"])
def test_a_mixture_of_what_is_expected_needs_to_know_it(name: str):
    passages, queries = passages_and_queries()
    sums, counts = sums_and_counts(queries, passages)
    for mixture in FUSIONS[name].mixtures_of(counts, Recipe(name, languages=LANGUAGES)):
        with pytest.raises(ValueError, match="nothing says what that is"):
            fuse(passages, sums, weights_at(mixture, 0.3), view=FUSIONS[name].views)


def test_coefficients_weigh_each_passages_languages_and_the_divisor_need_be_no_number_of_queries():
    """As a mean that is drawn back to another, with ``n + kappa`` below, would have it."""
    random = np.random.default_rng(4)
    passages, first, second, third = random.standard_normal((4, 3, 5), dtype=np.float32)
    coefficients = np.array([[1, 0.5], [1, 2.0], [1, 0.0]])
    divisors = np.array([0.5, 3.25, 0.0])
    mixture = Mixture(view=None, there=np.ones(3, bool), coefficients=coefficients, divisors=divisors)
    fused = fuse(passages, QuerySums([[first, second], [third]]), weights_at(mixture, 0.4), view=False)
    for row in range(2):
        drawn = coefficients[row] @ [first[row] + second[row], third[row]] / divisors[row]
        np.testing.assert_allclose(fused[row], 0.6 * passages[row] + 0.4 * drawn, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(fused[2], passages[2])


def test_signs_of_zero_are_those_of_indexes_made_before():
    """A fusion's only vector begins with 0.0, to which -0.0 is added; a view is its one language's matrix."""
    zeros = np.full((2, 3), -0.0, dtype=np.float32)
    ones = np.ones((2, 1))
    for view, negative in ((None, False), ("ar", True)):
        mixture = Mixture(view=view, there=np.ones(2, bool), coefficients=ones, divisors=ones[:, 0])
        fused = fuse(zeros, QuerySums([[zeros]]), weights_at(mixture, 0.3), view=view is not None)
        assert np.signbit(fused).all() == negative


def test_a_row_of_zeros_stays():
    np.testing.assert_array_equal(
        normalized(np.array([[0, 0], [3, 4]], dtype=np.float32)), np.array([[0, 0], [0.6, 0.8]], dtype=np.float32)
    )
