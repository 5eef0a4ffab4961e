"""``pyserini-xqg fuse``: runs of several systems into one, by reciprocal ranks or interpolation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="PATH",
        help="the fused run file; with several languages a folder of run.LANG.txt",
    )
    parser.add_argument(
        "--weights", nargs="+", type=float, metavar="W", help="one a system, in their order (default: all alike)"
    )
    parser.add_argument(
        "--k", type=int, default=1000, metavar="N", help="passages a topic gets at most (default: 1000)"
    )
    parser.add_argument(
        "--tag", "--runtag", default="fused", metavar="WORD", help="the run's last column (default: fused)"
    )
    add_fusion_arguments(parser, "rrf")


def add_fusion_arguments(parser: argparse.ArgumentParser, method: str) -> None:
    """Add the flags about runs and how they are fused, which ``tune fusion`` has too.

    :param method: the default one.
    """
    from pyserini_xqg.runs.rank_fusion.registry import METHODS, all_settings, in_words

    parser.add_argument(
        "--runs",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help="run files NAME.LANG.txt, or folders of them, a system each; NAME is the system (run.LANG.txt: the "
        "folder's name)",
    )
    parser.add_argument(
        "--method",
        choices=list(METHODS),
        default=method,
        help=f"{in_words()} (default: {method})",
    )
    for _, setting in all_settings():
        parser.add_argument(
            *setting.flags,
            type=str if setting.choices else setting.kind,
            choices=setting.choices or None,
            metavar=setting.metavar,
            help=setting.words,
        )
    parser.add_argument(
        "--max-passage-delimiter",
        metavar="STR",
        help="the runs hold views such as d1#ar: turn them into passages, cut at STR",
    )
    parser.add_argument("--keep-views", action="store_true", help="what looks like a view is a passage's own docid")


def run(args: argparse.Namespace) -> int:
    """Fuse, a language at a time, and say what was made."""
    from pyserini_xqg.commands.stages.fuse_inputs import fusion_of, systems_by_language, views_of
    from pyserini_xqg.evaluate.inputs.places import find_runs
    from pyserini_xqg.runs.fuse_files import fuse_files

    fusion, views = fusion_of(args, tuple(args.weights or ())), views_of(args)
    systems = find_runs(args.runs)
    by_language = systems_by_language(systems)
    weights = fusion.weights_of(len(systems))
    print(
        f"fusing by {fusion.method.name}: "
        + ", ".join(f"{name} x {weight:g}" for name, weight in zip(systems, weights, strict=True))
    )
    for code, output in outputs(args.output, by_language).items():
        made = fuse_files(runs=by_language[code], output=output, fusion=fusion, k=args.k, views=views, tag=args.tag)
        for note in made.notes:
            print(f"note: {note}", file=sys.stderr)
        print(f"{output}: {made.topics:,} topics, {made.lines:,} passages")
    return 0


def outputs(place: Path, languages: Mapping[str, object]) -> dict[str, Path]:
    """Language -> file: the place itself for one language, else ``run.LANG.txt`` in it, which `evaluate` names by the
    folder.
    """
    return (
        {next(iter(languages)): place}
        if len(languages) == 1
        else {code: place / f"run.{code}.txt" for code in languages}
    )
