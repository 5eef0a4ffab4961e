"""A score as a function of alpha against the fused vector's."""

from __future__ import annotations

import numpy as np
import pytest

from pyserini_xqg.fusion.closed_form import products, scores

ALPHAS = (0.0, 0.1, 0.35, 0.8, 1.0)


@pytest.mark.parametrize("normalize", [True, False])
def test_closed_form_is_the_score_of_the_fused_vector(normalize: bool):
    random = np.random.default_rng(1)
    queries, passages, targets = (random.standard_normal((rows, 24), dtype=np.float32) for rows in (5, 9, 9))
    block = products(queries, passages, targets)
    for alpha in ALPHAS:
        fused = (1 - alpha) * passages.astype(np.float64) + alpha * targets
        if normalize:
            fused /= np.linalg.norm(fused, axis=1, keepdims=True)
        np.testing.assert_allclose(scores(block, alpha, normalize), queries @ fused.T, rtol=2e-4, atol=2e-5)
