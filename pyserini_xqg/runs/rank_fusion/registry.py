"""The ways to fuse rankings by name. A new one is a file beside this one and a name in the list at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace

from pyserini_xqg.errors import UsageError
from pyserini_xqg.runs.rank_fusion.interpolation import Interpolation
from pyserini_xqg.runs.rank_fusion.method import MethodSetting, RankFusionMethod
from pyserini_xqg.runs.rank_fusion.rrf import ReciprocalRanks


def checked(method: RankFusionMethod) -> RankFusionMethod:
    """The method, if it says everything that there is to say.

    :raises ValueError: something is missing, or is of another kind.
    """
    said = {field: str(getattr(method, field, "")).strip() for field in ("name", "words", "by_default")}
    wrong = [field for field, text in said.items() if not text]
    if not re.fullmatch(r"[a-z][a-z0-9-]*", said["name"]):
        wrong.append("name in small letters")
    known = {field.name for field in fields(method)} if is_dataclass(method) else None
    if {setting.field for setting in getattr(method, "settings", ())} != known:
        wrong.append("settings, one a field")
    if wrong:
        raise ValueError(f"the rank fusion {type(method).__name__} lacks its {', '.join(wrong)}")
    return method


def by_name(methods: Iterable[RankFusionMethod]) -> dict[str, RankFusionMethod]:
    """Name -> method with its default settings, each one checked.

    :raises ValueError: one lacks something, or two have one name or one flag.
    """
    found: dict[str, RankFusionMethod] = {}
    flags: set[str] = set()
    for method in map(checked, methods):
        own = {flag for setting in method.settings for flag in setting.flags}
        if method.name in found or flags & own:
            raise ValueError(f"two rank fusions are called {method.name!r}, or have a flag in common")
        found[method.name] = method
        flags |= own
    return found


def find_method(name: str) -> RankFusionMethod:
    """The method of this name, with its default settings.

    :raises UsageError: there is none.
    """
    if name not in METHODS:
        raise UsageError(f"there is no way to fuse rankings called {name!r}; there are {', '.join(METHODS)}")
    return METHODS[name]


def all_settings() -> list[tuple[RankFusionMethod, MethodSetting]]:
    """Every method's settings, in the order of their flags."""
    found = [(method, setting) for method in METHODS.values() for setting in method.settings]
    return sorted(found, key=lambda pair: pair[1].flag)


def in_words() -> str:
    """What all methods fuse, in a line for ``--help``."""
    said = [method.words for method in METHODS.values()]
    return " or ".join(filter(None, [", ".join(said[:-1]), said[-1]]))


def make_method(name: str, given: Mapping[str, object]) -> RankFusionMethod:
    """The method of this name with settings.

    :param given: flag -> what was typed.
    :raises UsageError: there is no such method, or a flag is another's.
    """
    method = find_method(name)
    changes = {}
    for owner, setting in all_settings():
        if setting.flag in given and owner is not method:
            raise UsageError(method.refusals.get(setting.flag, whose(owner, setting)))
        if setting.flag in given:
            changes[setting.field] = setting.kind(given[setting.flag])
    return replace(method, **changes)  # type: ignore[type-var]  # checked: it is a dataclass


def whose(owner: RankFusionMethod, setting: MethodSetting) -> str:
    """What a flag is for, where it is given without its method."""
    return f"{setting.flag} is for --method {owner.name}"


METHODS = by_name([ReciprocalRanks(), Interpolation()])
