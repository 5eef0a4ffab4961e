"""A passage drawn towards the mean of its queries: ``(1 - alpha) * p + alpha * sum(q) / n``.

The paper's sum (arXiv 2305.03950, section 3) made fair between passages with unequal numbers of queries; one without
queries stays ``p``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mixture import Mixture, MixtureChoice

if TYPE_CHECKING:
    import numpy as np


def _mixtures(counts: np.ndarray, choice: MixtureChoice) -> tuple[Mixture, ...]:
    import numpy as np

    every = np.ones(len(counts), dtype=bool)
    return (Mixture(view=None, there=every, coefficients=np.ones(counts.shape), divisors=counts.sum(axis=1)),)


MEAN = Fusion(
    name="mean",
    words="their mean",
    formula="`(1 − α) · passage + α · mean of its queries`",
    needs=Keep.TOTAL,
    equal_numbers=False,
    views=False,
    mixtures=_mixtures,
)
