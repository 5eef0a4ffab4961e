"""What there is to know of a fusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mixture import Mixture, MixtureChoice
from pyserini_xqg.fusion.text_kind import languages_of

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Fusion:
    """How the vectors of a passage's queries join the passage's own. ``--help`` loads every fusion, so that their files
    import NumPy only inside functions.

    :param name: as on the command line and in ``xqg.json``.
    :param words: what it is, in a few words for ``--help``.
    :param formula: what is indexed, in Markdown for the card of an index.
    :param formula_alone: the same where kappa is 0, and only a passage's own queries count.
    :param alpha: the usual weight of what passages are drawn towards.
    :param needs: the least that a store must keep of the queries.
    :param equal_numbers: whether passages with unequal numbers of queries are refused unless the user insists.
    :param shrinks: whether a passage's queries are weighed against those that are expected of it.
    :param views: whether a passage may have several vectors, which are called after languages; it scores its best.
    :param mixtures: the vectors of a block's passages, from how many queries they have, integer ``[passages,
        languages]``, and what else it may go by; alpha comes later. What is called views comes in the order in which a
        passage's vectors lie in the index.
    """

    name: str
    words: str
    formula: str
    formula_alone: str
    alpha: float
    needs: Keep
    equal_numbers: bool
    shrinks: bool
    views: bool
    mixtures: Callable[[np.ndarray, MixtureChoice], tuple[Mixture, ...]]

    def mixtures_of(self, counts: np.ndarray, choice: MixtureChoice) -> tuple[Mixture, ...]:
        """The vectors of a block's passages; see :attr:`mixtures`.

        :raises ValueError: a passage has none, or has several though the fusion has no views; the fusion is wrong then.
        """
        import numpy as np

        made = self.mixtures(counts, choice)
        names = {"", *languages_of(choice.languages)} if self.views else {None}
        if wrong := [mixture.view for mixture in made if mixture.view not in names]:
            raise ValueError(f"the fusion {self.name!r} calls a vector {wrong[0]!r}, which is none of {names}")
        numbers = np.sum([np.zeros(len(counts)), *(mixture.there for mixture in made)], axis=0)
        if not (numbers >= 1 if self.views else numbers == 1).all():
            raise ValueError(f"the fusion {self.name!r} leaves passages without a vector, or gives one too many")
        return made
