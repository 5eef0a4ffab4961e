"""One vector a language, the passage drawn towards the mean of that language's queries: ``(1 - alpha) * p + alpha *
sum(q_l) / n_l``. A passage scores its best view.

A passage without queries, or with ``Recipe.plain_view`` any passage, has itself as a view. The paper's sum (arXiv
2305.03950, section 3) taken apart by language, so that a question meets queries of its own language alone.
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

    views = [
        Mixture(view=code, there=number > 0, coefficients=np.broadcast_to(own, counts.shape), divisors=number)
        for code, number, own in zip(choice.languages, counts.T, np.eye(counts.shape[1]), strict=True)
    ]
    itself = choice.plain_view | (counts.sum(axis=1) == 0)
    return (*views, Mixture(view="", there=itself, coefficients=None, divisors=np.zeros(len(counts))))


VIEWS = Fusion(
    name="views",
    words="a vector a language",
    formula="one vector a language, `(1 − α) · passage + α · mean of that language's queries`; a passage scores its "
    "best one",
    needs=Keep.LANGUAGES,
    equal_numbers=False,
    views=True,
    mixtures=_mixtures,
)
