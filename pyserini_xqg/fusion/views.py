"""One vector a language, the passage drawn towards its mean query in it: ``(1 - alpha) * p + alpha * (sum(q_l) + kappa
* m_l) / (n_l + kappa)``, with ``m_l`` the expected query (:mod:`~pyserini_xqg.fusion.expected.prior`), and one more
drawn towards the mean passage. A passage scores its best view.

The last one is for those who ask in the collection's own language. A vector that has queries in it lies nearer to every
question than the passage itself does, so that questions in no view's language would be answered by whatever view is
nearest; drawn towards the mean passage, the passage's own view is as near as the others, and what it ranks by is the
passage.

With ``kappa = 0`` a passage has views of those languages alone in which it has queries, and itself as it is where it
has none; with ``Recipe.plain_view`` any passage has itself as one more. The paper's sum (arXiv 2305.03950, section 3)
taken apart by language, so that a question meets queries of its own language alone. What stands for the passage in a
language is its mean query there, or the weighted mean of that and its translation and gloss
(:mod:`~pyserini_xqg.fusion.components`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyserini_xqg.fusion.components import LanguageParts, language_parts
from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mixture import Mixture, MixtureChoice

if TYPE_CHECKING:
    import numpy as np


def _view(parts: LanguageParts, kappas: np.ndarray, place: int) -> Mixture:
    import numpy as np

    own = parts.groups[:, place]
    alone = np.count_nonzero(own) == 1
    # One kind alone: the sum as it is, over its number, so that indexes made before get their bytes again.
    coefficients = np.broadcast_to(own.astype(float), parts.numbers.shape) if alone else parts.coefficients * own
    shrunk = kappas * own
    return Mixture(
        view=parts.languages[place],
        there=parts.there[:, place],
        coefficients=coefficients,
        expected=coefficients * shrunk if shrunk.any() else None,
        divisors=parts.numbers[:, own].sum(axis=1) if alone else parts.there[:, place].astype(float),
    )


def _mixtures(counts: np.ndarray, choice: MixtureChoice) -> tuple[Mixture, ...]:
    import numpy as np

    kappas = choice.shrinkage(counts.shape[1])
    parts = language_parts(counts, kappas, choice)
    views = [_view(parts, kappas, place) for place in range(len(parts.languages))]
    if kappas.any():
        own = Mixture(
            view="",
            there=np.ones(len(counts), dtype=bool),
            coefficients=np.zeros(counts.shape),
            towards_mean_passage=True,
            divisors=np.ones(len(counts)),
        )
        return (*views, own)
    itself = choice.plain_view | (counts.sum(axis=1) == 0)
    return (*views, Mixture(view="", there=itself, coefficients=None, divisors=np.zeros(len(counts))))


VIEWS = Fusion(
    name="views",
    words="a vector a language",
    formula="one vector a language, `(1 − α) · passage + α · (sum of that language's n queries + κ · expected query) / "
    "(n + κ)`, and one of the passage and the mean passage; a passage scores its best one",
    formula_alone="one vector a language, `(1 − α) · passage + α · mean of that language's queries`; a passage scores "
    "its best one",
    alpha=0.5,
    needs=Keep.LANGUAGES,
    equal_numbers=False,
    shrinks=True,
    views=True,
    mixtures=_mixtures,
)
