"""From the flags that ``fuse`` and ``tune fusion`` share to what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import ALL
from pyserini_xqg.runs.fuse_inputs import Views
from pyserini_xqg.runs.rank_fusion import RRF_K, Method, RankFusion, Scaling


def fusion_of(args: argparse.Namespace, weights: tuple[float, ...] = ()) -> RankFusion:
    """The fusion that the flags ask for.

    :raises UsageError: flags that do not go together.
    """
    method = Method(args.method)
    if method is Method.RRF and args.normalize is not None:
        raise UsageError(
            "--normalize is about scores, and reciprocal ranks use none; leave it out, or take --method interpolation"
        )
    if method is Method.INTERPOLATION and args.rrf_k is not None:
        raise UsageError("--rrf-k is for --method rrf")
    return RankFusion(
        method, weights, Scaling(args.normalize or Scaling.MIN_MAX), RRF_K if args.rrf_k is None else args.rrf_k
    )


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
