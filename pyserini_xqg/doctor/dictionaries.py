"""The dictionaries of English and another language that are here, by language, and what would bring more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from pyserini_xqg.languages import LANGUAGES
from pyserini_xqg.lexicon.packages import NAMES, PACKAGES
from pyserini_xqg.lexicon.places import VARIABLE, DictionaryFile, everywhere

_PIVOT = "en"


@dataclass(frozen=True, slots=True)
class DictionariesHere:
    """What there is, in words.

    :param found: languages, each with its number of headwords and the dictionaries' names.
    :param remedy: the packages that bring dictionaries of those that have none.
    """

    found: str
    remedy: str


def dictionaries_here() -> DictionariesHere:
    """Look at the dictionaries, without reading any.

    :raises SetupError: the variable for one's own names a place that is not there.
    :raises InputError: one of the user's own is damaged.
    """
    by_language: dict[str, list[DictionaryFile]] = defaultdict(list)
    for one in everywhere():
        if _PIVOT in (one.source, one.target):
            by_language[one.target if one.source == _PIVOT else one.source].append(one)
    with_words = {
        code: words for code in LANGUAGES if (words := [one for one in by_language.get(code, ()) if not one.names])
    }
    names = [code for code in LANGUAGES if code in by_language and code not in with_words]
    parts = [f"{code} {_described(words)}" for code, words in with_words.items()]
    found = f"headwords, with English: {', '.join(parts)}" if parts else "none with English"
    if names:
        found += f"; only names in {', '.join(names)}"
    return DictionariesHere(found, _remedy(with_words.keys(), has_names=bool(names)))


def _described(words: list[DictionaryFile]) -> str:
    counts = [count for one in words if (count := one.format.headwords(one.path)) is not None]
    sources = ", ".join(dict.fromkeys(one.path.name.partition("-")[0].partition(".")[0] for one in words))
    return f"{sum(counts):,} ({sources})" if counts else f"({sources})"


def _remedy(present: Collection[str], *, has_names: bool) -> str:
    packages = [brought[0] for code, brought in PACKAGES.items() if code not in present]
    if not has_names:
        packages.append(NAMES)
    without = [code for code in LANGUAGES if code not in PACKAGES and code not in present and code != _PIVOT]
    told = [f"`apt install {' '.join(packages)}` brings more"] if packages else []
    if without:
        told.append(f"no package has {', '.join(without)}: give files or folders of your own in {VARIABLE}")
    return "; ".join(told)
