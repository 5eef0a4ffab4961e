"""What figures are averaged over: a language, a language family, the high- or low-resource ones, or all languages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyserini_xqg.errors import UsageError
from pyserini_xqg.languages import LANGUAGES, families_of


class LanguageGrouping(StrEnum):
    """How languages are grouped; the value is the flag's."""

    FAMILY = "family"
    """By family."""
    RESOURCE = "resource"
    """High- and low-resource, the latter after Joshi et al. 2020, classes 0 to 2."""


class ScopeKind(StrEnum):
    """Kinds of scope; the value is the name in the CSV file."""

    LANGUAGE = "language"
    FAMILY = "family"
    RESOURCE = "resource"
    MACRO = "macro"


@dataclass(frozen=True, slots=True)
class LanguageScope:
    """One or more languages; each weighs the same.

    :param name: as tables print it.
    :param codes: the languages, in the order of :func:`by_family`.
    """

    kind: ScopeKind
    name: str
    codes: tuple[str, ...]


def by_family(codes: Collection[str]) -> tuple[str, ...]:
    """The languages in the order of every table and plot: by family, then by code; unknown ones at the end."""
    return tuple(
        sorted(
            codes, key=lambda code: (code not in LANGUAGES, LANGUAGES[code].family if code in LANGUAGES else "", code)
        )
    )


def language_scopes(codes: Collection[str]) -> tuple[LanguageScope, ...]:
    """A scope a language."""
    return tuple(LanguageScope(ScopeKind.LANGUAGE, _name(code), (code,)) for code in by_family(codes))


def _name(code: str) -> str:
    return LANGUAGES[code].name if code in LANGUAGES else code


def group_scopes(codes: Collection[str], groups: Collection[LanguageGrouping]) -> tuple[LanguageScope, ...]:
    """The families, then high- and low-resource languages where there are both, then all; none without languages.

    Languages that the table does not know (a file whose name tells none) belong to no group but that of all.
    """
    ordered = by_family(codes)
    known = [code for code in ordered if code in LANGUAGES]
    found: list[LanguageScope] = []
    if LanguageGrouping.FAMILY in groups:
        found += [LanguageScope(ScopeKind.FAMILY, family, tuple(mine)) for family, mine in families_of(known).items()]
    low = tuple(code for code in known if LANGUAGES[code].low_resource)
    high = tuple(code for code in known if not LANGUAGES[code].low_resource)
    if LanguageGrouping.RESOURCE in groups and low and high:
        found += [
            LanguageScope(ScopeKind.RESOURCE, "high-resource", high),
            LanguageScope(ScopeKind.RESOURCE, "low-resource", low),
        ]
    if ordered:
        name = f"all {len(ordered)} languages" if len(ordered) > 1 else f"{_name(ordered[0])} alone"
        found.append(LanguageScope(ScopeKind.MACRO, name, ordered))
    return tuple(found)


def parse_groups(given: Sequence[str]) -> tuple[LanguageGrouping, ...]:
    """Turn ``family,resource`` from a flag into groups; ``none`` stands for no groups.

    :raises UsageError: a group is not known.
    """
    names = [name for word in given for name in word.replace(",", " ").split()]
    if names == ["none"]:
        return ()
    wrong = [name for name in names if name not in list(LanguageGrouping)]
    if wrong or not names:
        raise UsageError(
            f"--groups {' '.join(given)}: allowed are {', '.join(LanguageGrouping)}, several with commas, or none"
        )
    return tuple(LanguageGrouping(name) for name in dict.fromkeys(names))
