"""The fusions by name. A new one is a file beside this one and a name in the list at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyserini_xqg.errors import UsageError
from pyserini_xqg.fusion.fusion import Fusion
from pyserini_xqg.fusion.keep import Keep
from pyserini_xqg.fusion.mean import MEAN
from pyserini_xqg.fusion.sum import SUM
from pyserini_xqg.fusion.views import VIEWS


def checked(fusion: Fusion) -> Fusion:
    """The fusion, if it says everything that there is to say.

    :raises ValueError: something is missing, or is of another kind.
    """
    wrong = [
        field
        for field, right in {
            "name": isinstance(fusion.name, str) and re.fullmatch(r"[a-z][a-z0-9-]*", fusion.name),
            "words": isinstance(fusion.words, str) and fusion.words.strip(),
            "formula": isinstance(fusion.formula, str) and fusion.formula.strip(),
            "formula_alone": isinstance(fusion.formula_alone, str) and fusion.formula_alone.strip(),
            "alpha": isinstance(fusion.alpha, float) and 0 <= fusion.alpha <= 1,
            "needs": isinstance(fusion.needs, Keep),
            "equal_numbers": isinstance(fusion.equal_numbers, bool),
            "shrinks": isinstance(fusion.shrinks, bool),
            "views": isinstance(fusion.views, bool),
            "mixtures": callable(fusion.mixtures),
        }.items()
        if not right
    ]
    if wrong:
        raise ValueError(f"the fusion {fusion.name!r} lacks its {', '.join(wrong)}")
    return fusion


def by_name(fusions: Iterable[Fusion]) -> dict[str, Fusion]:
    """Name -> fusion, each one checked.

    :raises ValueError: one lacks something, or two have one name.
    """
    found: dict[str, Fusion] = {}
    for fusion in map(checked, fusions):
        if fusion.name in found:
            raise ValueError(f"two fusions are called {fusion.name!r}")
        found[fusion.name] = fusion
    return found


def find_fusion(name: str) -> Fusion:
    """The fusion of this name.

    :raises UsageError: there is none.
    """
    if name not in FUSIONS:
        raise UsageError(f"there is no fusion {name!r}; there are {', '.join(FUSIONS)}")
    return FUSIONS[name]


def in_words(default: str) -> str:
    """All fusions in a line for ``--help``, the default one marked."""
    said = [f"{name} ({'default' if name == default else fusion.words})" for name, fusion in FUSIONS.items()]
    return " or ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


FUSIONS = by_name([MEAN, SUM, VIEWS])
