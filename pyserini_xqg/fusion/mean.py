"""A passage drawn towards its mean query: ``(1 - alpha) * p + alpha * mean over l of (sum(q_l) + kappa * m_l) / (n_l +
kappa)``, with ``m_l`` the expected query (:mod:`~pyserini_xqg.fusion.expected.prior`).

The paper's sum (arXiv 2305.03950, section 3) made fair between passages with unequal numbers of queries, and between
languages: one in which a passage happens to have many queries has no larger part than the others. With ``kappa = 0`` it
is the mean of all of a passage's queries; a passage without any stays ``p``, and loses every question to those that
have some. A language's part is the weighted mean of its mean question, its translation and its gloss
(:mod:`~pyserini_xqg.fusion.components`), of what there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.fusion.components import language_parts
from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mixture import Mixture, MixtureChoice

if TYPE_CHECKING:
    import numpy as np


def _mixtures(counts: np.ndarray, choice: MixtureChoice) -> tuple[Mixture, ...]:
    import numpy as np

    every, kappas = np.ones(len(counts), dtype=bool), choice.shrinkage(counts.shape[1])
    if not kappas.any():
        weights = np.broadcast_to(choice.column_weights(counts.shape[1]), counts.shape)
        return (Mixture(view=None, there=every, coefficients=weights, divisors=(counts * weights).sum(axis=1)),)
    parts = language_parts(counts, kappas, choice)
    mixture = Mixture(
        view=None,
        there=every,
        coefficients=parts.coefficients,
        expected=kappas * parts.coefficients,
        divisors=np.count_nonzero(parts.there, axis=1),
    )
    return (mixture,)


MEAN = Fusion(
    name="mean",
    words="their mean",
    formula="`(1 − α) · passage + α · mean over languages of (sum of its n queries + κ · expected query) / (n + κ)`",
    formula_alone="`(1 − α) · passage + α · mean of its queries`",
    alpha=0.4,
    needs=Keep.TOTAL,
    equal_numbers=False,
    shrinks=True,
    views=False,
    mixtures=_mixtures,
)
