"""From the flags that ``fuse`` and ``tune fusion`` share to what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import ALL
from pyserini_xqg.runs.fuse_inputs import Views
from pyserini_xqg.runs.rank_fusion.fuse import RankFusion
from pyserini_xqg.runs.rank_fusion.registry import all_settings, make_method


def fusion_of(args: argparse.Namespace, weights: tuple[float, ...] = ()) -> RankFusion:
    """The fusion that the flags ask for.

    :raises UsageError: flags that do not go together.
    """
    return RankFusion(make_method(args.method, settings_of(args)), weights)


def settings_of(args: argparse.Namespace) -> dict[str, object]:
    """Flag -> value, of those settings of the methods that were given."""
    found = {setting.flag: getattr(args, setting.destination) for _, setting in all_settings()}
    return {flag: value for flag, value in found.items() if value is not None}


def views_of(args: argparse.Namespace) -> Views:
    """What the flags say about views."""
    return Views(args.max_passage_delimiter, args.keep_views)


def systems_by_language(systems: Mapping[str, Mapping[str, Path]]) -> dict[str, list[Path]]:
    """Language -> the run of each system, in the systems' order. One file a system needs no languages in its name.

    :raises UsageError: there are fewer than two systems, or one lacks a language.
    """
    if len(systems) < 2:
        found = ", ".join(systems)
        raise UsageError(
            f"--runs holds one system, {found}; give those that are to be fused, NAME.LANG.txt or a folder each"
        )
    languages = sorted({code for runs in systems.values() for code in runs})
    named = [code for code in languages if code != ALL]
    if all(len(runs) == 1 for runs in systems.values()) and len(named) <= 1:
        return {named[0] if named else ALL: [next(iter(runs.values())) for runs in systems.values()]}
    for system, runs in systems.items():
        lacking = [code for code in languages if code not in runs]
        if lacking:
            raise UsageError(
                f"system {system} has no run for {', '.join(lacking)}, and others do; name the files NAME.LANG.txt, "
                "or leave theirs out"
            )
    return {code: [runs[code] for runs in systems.values()] for code in languages}
