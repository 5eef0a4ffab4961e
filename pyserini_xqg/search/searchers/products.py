"""Lucene's scores back into inner products: pure arithmetic."""

from __future__ import annotations

import numpy as np

from pyserini_xqg.manifests.dense import Similarity


def inner_products(scores: np.ndarray, similarity: Similarity) -> np.ndarray:
    """Undo what Lucene does so that no score is negative.

    A float32 score holds seven digits: a product comes back to about 1e-7 of ``1 + |product|``.

    :param scores: float32, as Lucene gives them.
    :returns: float64, the same shape.
    """
    wide = scores.astype(np.float64)
    if similarity is Similarity.DOT_PRODUCT:
        return 2.0 * wide - 1.0
    return np.where(wide >= 1.0, wide - 1.0, 1.0 - 1.0 / np.maximum(wide, np.finfo(np.float32).tiny))
