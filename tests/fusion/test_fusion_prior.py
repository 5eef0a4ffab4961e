"""What is expected of passages, against its formula."""

from __future__ import annotations

import numpy as np
import pytest
from mixing import passages_and_queries, some_prior


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("alike", [False, True])
def test_weighted_sums_by_the_formula(slope: bool, alike: bool):
    passages, _ = passages_and_queries()
    prior = some_prior(("ar", "ja", "ru"), slope=slope)
    weights = np.array([[1.0, 0.5, 0.0]] * 3 if alike else [[1.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 2.0, 0.25]])
    found = np.broadcast_to(prior.of(passages).weighted(weights), passages.shape)
    for row, passage in enumerate(passages):
        expected = sum(
            weight * (intercept + (0 if prior.slope is None else passage @ prior.slope))
            for weight, intercept in zip(weights[row], prior.intercepts, strict=True)
        )
        np.testing.assert_allclose(found[row], expected, atol=1e-5)
    assert found.dtype == np.float32


def test_no_passages_have_nothing_expected_of_them():
    prior = some_prior()
    nobody = np.empty((0, 12), np.float32)
    assert prior.of(nobody).weighted(np.empty((0, 2))).shape == (0, 12)


def test_languages_are_chosen_in_the_order_that_is_asked_for():
    prior = some_prior(("ar", "ja", "ru"))
    chosen = prior.choose(("ru", "ar"))
    assert chosen.languages == ("ru", "ar")
    np.testing.assert_array_equal(chosen.intercepts, prior.intercepts[[2, 0]])
    assert chosen.slope is prior.slope
    with pytest.raises(KeyError):
        prior.choose(("sw",))
