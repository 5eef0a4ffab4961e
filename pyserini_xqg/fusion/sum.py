"""The sum of a passage and its queries, as in the paper (Zhuang, Shou and Zuccon, SIGIR'23, arXiv 2305.03950, section
3): ``(1 - alpha) * p + alpha * sum(q)``.

It is only fair between passages with equally many queries: a longer vector wins whatever is asked.
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
    return (Mixture(view=None, there=every, coefficients=np.ones(counts.shape), divisors=np.ones(len(counts))),)


SUM = Fusion(
    name="sum",
    words="the paper",
    formula="`(1 − α) · passage + α · sum of its queries`",
    formula_alone="`(1 − α) · passage + α · sum of its queries`",
    alpha=0.01,
    needs=Keep.TOTAL,
    equal_numbers=True,
    shrinks=False,
    views=False,
    mixtures=_mixtures,
)
