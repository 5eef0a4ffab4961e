"""What stands for a passage in a language: the weighted mean of its mean question there, its translation and its gloss,
as far as there are any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyserini_xqg.fusion.mixture import MixtureChoice
from pyserini_xqg.fusion.text_kind import language_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class LanguageParts:
    """The columns of some passages, weighed against each other language by language.

    :param languages: each once, in the columns' order.
    :param groups: which columns are of which language, bool ``[columns, languages]``.
    :param numbers: texts of each column and those that the expected one counts for, float64 ``[passages, columns]``.
    :param shares: what each column makes of its language's part, 0 where a passage has nothing in it; float64
        ``[passages, columns]``.
    :param there: whether a passage has anything in a language, bool ``[passages, languages]``.
    """

    languages: tuple[str, ...]
    groups: np.ndarray
    numbers: np.ndarray
    shares: np.ndarray
    there: np.ndarray

    @property
    def coefficients(self) -> np.ndarray:
        """What a column's sum counts in its language's part, float64 ``[passages, columns]``."""
        import numpy as np

        return np.divide(self.shares, self.numbers, out=np.zeros(self.numbers.shape), where=self.numbers > 0)


def language_parts(counts: np.ndarray, kappas: np.ndarray, choice: MixtureChoice) -> LanguageParts:
    """Weigh the columns of each language.

    :param counts: texts, integer ``[passages, columns]``.
    :param kappas: float64 ``[columns]``.
    """
    import numpy as np

    columns = counts.shape[1]
    names = tuple(map(language_of, choice.languages)) if len(choice.languages) == columns else ("",) * columns
    languages = tuple(dict.fromkeys(names))
    groups = np.array([[name == code for code in languages] for name in names], dtype=bool)
    groups = groups.reshape(columns, len(languages))
    numbers = counts + kappas
    weights = (numbers > 0) * choice.column_weights(columns)
    of_language = weights @ groups
    totals = of_language @ groups.T
    shares = np.divide(weights, totals, out=np.zeros(weights.shape), where=totals > 0)
    return LanguageParts(languages, groups, numbers, shares, of_language > 0)
