"""``reproduce MATRIX``: conditions run, scores checked; exit status 1 where a command fails or a score is another
one.
"""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyserini_xqg.commands.studies.reproduce_flags import (
    MOST_JOBS,
    UNKNOWN_DATA,
    add_data,
    data_folder,
    given_data,
    jobs,
)
from pyserini_xqg.reproduce.matrix.library import AT_HAND, MATRICES

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pyserini_xqg.reproduce.matrix.plan import MatrixPlan

_ALL, _OWN = "all", "matrix"
NAMES = {
    **MATRICES,
    _ALL: f"{', '.join(AT_HAND)}, each in a folder of its own",
    _OWN: "a matrix of your own, a YAML file",
}


def add_arguments(names: argparse._SubParsersAction[Any]) -> None:
    """Add a subcommand a matrix."""
    for name, what in NAMES.items():
        parser = names.add_parser(name, description=what, allow_abbrev=False)
        if name == _OWN:
            parser.add_argument("file", type=Path, metavar="FILE", help="the matrix (docs/reproduce.md tells its form)")
        parser.add_argument(
            "--output",
            type=Path,
            metavar="DIR",
            help="everything goes there (default: reproduced/NAME); goes on where it stopped",
        )
        add_data(parser)
        parser.add_argument(
            "--models", type=Path, default=Path("models"), metavar="DIR", help="checkpoint folders (default: models)"
        )
        parser.add_argument(
            "--condition", nargs="+", default=[], metavar="NAME", help="only these, and those whose runs they use"
        )
        parser.add_argument("--report", type=Path, metavar="FILE", help="also a report: FILE.html, .md, .csv or .tex")
        parser.add_argument("--download", action="store_true", help="also run the steps that need the network")
        parser.add_argument(
            "--jobs", type=int, metavar="N", help=f"commands side by side (default: one a core, {MOST_JOBS} at most)"
        )
        what_to_print = parser.add_mutually_exclusive_group()
        what_to_print.add_argument("--list", action="store_true", help="name the conditions, and stop")
        what_to_print.add_argument(
            "--dry-run", action="store_true", help="print the commands in the order in which they would run, and stop"
        )
        what_to_print.add_argument(
            "--display-commands", action="store_true", help="print the commands of each condition, and stop"
        )


def run(args: argparse.Namespace) -> int:
    """Run the matrix or matrices; 1 where a score is wrong or a command failed."""
    if args.name != _ALL:
        place = args.output or Path("reproduced") / (args.file.stem if args.name == _OWN else args.name)
        return _run_plan(_plan(args.name, args, place), args, args.report)
    place = args.output or Path("reproduced")
    plans = {name: _plan(name, args, place / name) for name in AT_HAND}  # all, before any of them runs
    reports = {
        name: args.report.with_name(f"{args.report.stem}-{name}{args.report.suffix}") if args.report else None
        for name in AT_HAND
    }
    return max(_run_plan(plan, args, reports[name]) for name, plan in plans.items())


def _plan(name: str, args: argparse.Namespace, place: Path) -> MatrixPlan:
    """What is to be run.

    :raises UsageError: it needs the public data, and nobody has said where they are.
    """
    from pyserini_xqg.reproduce.matrix.library import open_matrix
    from pyserini_xqg.reproduce.matrix.model import RequirementKind
    from pyserini_xqg.reproduce.matrix.plan import MatrixPlaces, make_plan
    from pyserini_xqg.reproduce.matrix.read import read_matrix

    file: AbstractContextManager[Path] = nullcontext(args.file) if name == _OWN else open_matrix(name)
    with file as path:
        matrix = read_matrix(path)
    places = MatrixPlaces(given_data(args) or UNKNOWN_DATA, args.models, place)
    plan = make_plan(matrix, places, args.condition, download=args.download)
    requirements = (*matrix.requires, *(needed for one in plan.conditions for needed in one.requires))
    if not _only_shows(args) and (
        any(needed.kind is RequirementKind.DATA for needed in requirements)
        or any(str(UNKNOWN_DATA) in step.command for step in plan.steps)
    ):
        data_folder(args)
    return plan


def _only_shows(args: argparse.Namespace) -> bool:
    return bool(args.list or args.dry_run or args.display_commands)


def _run_plan(plan: MatrixPlan, args: argparse.Namespace, report: Path | None) -> int:
    if _only_shows(args):
        from pyserini_xqg.reproduce.matrix.listing import by_condition, conditions, in_order

        print((conditions if args.list else in_order if args.dry_run else by_condition)(plan))
        return 0
    from pyserini_xqg.report.write import check_form

    side_by_side = jobs(args)
    if report is not None:
        check_form(report)
    from pyserini_xqg.commands import flags
    from pyserini_xqg.files.text import write_json
    from pyserini_xqg.reproduce.matrix.record import RESULTS, as_record
    from pyserini_xqg.reproduce.matrix.run_matrix import run_matrix
    from pyserini_xqg.reproduce.matrix.texts import to_text

    found = run_matrix(plan, side_by_side, flags.say)
    write_json(plan.places.out / RESULTS, as_record(found))
    print(to_text(found))
    if report is not None:
        from pyserini_xqg.report.write import write_page
        from pyserini_xqg.reproduce.matrix.report.page import to_page

        write_page(report, to_page(found))
        print(f"report: {report}")
    return 0 if found.is_good else 1
