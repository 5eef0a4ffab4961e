"""``evaluate``: run files and judgments in, a table a measure out."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.inputs.places import JudgmentPlaces
from pyserini_xqg.evaluate.scoring.measures.registry import (
    allowed,
    bases,
    default_measures,
    parse_measures,
    split_names,
)

if TYPE_CHECKING:
    from pyserini_xqg.evaluate.statistics.compute import Wanted
    from pyserini_xqg.report.report_format import ReportFormat


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    _add_scored(parser.add_argument_group("what to score", "What most tables need, in this order."))
    _add_statistics(parser.add_argument_group("statistics (advanced)", "Which differences are more than chance."))
    _add_columns(parser.add_argument_group("columns (advanced)", "Scores of more than a language."))


def _add_scored(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--runs",
        nargs="+",
        type=Path,
        required=True,
        metavar="PATH",
        help="run files NAME.LANG.txt, or folders of them; NAME is the system (run.LANG.txt: the folder's name)",
    )
    for part in fields(JudgmentPlaces):
        parser.add_argument(f"--{part.name}", type=Path, help=part.metadata["help"])
    parser.add_argument(
        "--topics",
        type=Path,
        help="a topics file or a folder with topics.LANG.tsv, to check that topics and judgments fit",
    )
    parser.add_argument(
        "--measures",
        nargs="+",
        metavar="MEASURE",
        help=f"{allowed()}; default {_defaults()}",
    )
    parser.add_argument(
        "--baseline", metavar="NAME", help="the system to test the others against: paired t-test, Bonferroni and Holm"
    )
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="also write the tables to FILE.md or FILE.tex, every figure to FILE.csv or FILE.json",
    )


def _add_statistics(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--test",
        choices=["t", "randomisation"],
        help="which paired test marks and letters go by (default t); .csv and .json reports have both",
    )
    group.add_argument(
        "--letters",
        action="store_true",
        help="test every system against every other; raised letters name those that a score is better than",
    )
    group.add_argument(
        "--intervals",
        action="store_true",
        help="a second table a measure: 95%% bootstrap intervals of scores and of differences from --baseline, macro "
        "and micro tested, too; then power",
    )
    group.add_argument(
        "--clusters",
        choices=["queries", "passages"],
        default="queries",
        help="what chance draws whole, in tests and intervals: query ids with their translations (default), or "
        "relevant passages with all their queries",
    )
    group.add_argument(
        "--resamples", type=int, metavar="N", help="default 100000 for the randomisation test, 10000 for intervals"
    )
    group.add_argument("--seed", type=int, default=0, help="of the randomisation test and of the intervals; default 0")


def _add_columns(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--families", action="store_true", help="also a column a language family")
    group.add_argument(
        "--groups",
        type=Path,
        metavar="FILE",
        help="also a column a group of queries: TSV, query id and group, as categories.tsv",
    )


def _defaults() -> str:
    usual, *others = bases()
    alone = [f"{' '.join(basis.defaults)} with --{basis.flags[0]} alone" for basis in others]
    return ", ".join([f"{' '.join(usual.defaults)} with --{usual.flags[0]}", *alone])


def run(args: argparse.Namespace) -> int:
    """Score the runs, print the tables and write the report."""
    judgments = JudgmentPlaces(**{part.name: getattr(args, part.name) for part in fields(JudgmentPlaces)})
    measures = parse_measures(split_names(args.measures) if args.measures is not None else default_measures(judgments))
    _check(args)
    from pyserini_xqg.evaluate.evaluate_runs import EvaluatedPlaces, evaluate_runs
    from pyserini_xqg.evaluate.output.report import report_format, to_text, write_report
    from pyserini_xqg.evaluate.statistics.clusters import Resample

    found = evaluate_runs(
        places=EvaluatedPlaces(args.runs, judgments, args.topics, args.groups),
        measures=measures,
        baseline=args.baseline,
        wanted=_wanted(args, report_format(args.report) if args.report is not None else None),
        clusters=Resample(args.clusters),
        families=args.families,
    )
    if args.report is not None:
        write_report(args.report, found)
    print(to_text(found))
    if args.report is not None:
        print(f"\nreport: {args.report}")
    return 0


def _check(args: argparse.Namespace) -> None:
    if args.test is not None and args.baseline is None and not args.letters:
        raise UsageError(f"--test {args.test}: nothing is tested; give --baseline or --letters, too")
    if args.clusters == "passages" and args.qrels is None:
        raise UsageError("--clusters passages: the relevant passages are in the qrels, so give --qrels")
    if args.resamples is not None and args.resamples < 100:
        raise UsageError(f"--resamples {args.resamples}: must be 100 or more")
    if args.seed < 0:
        raise UsageError(f"--seed {args.seed}: must be 0 or more")


def _wanted(args: argparse.Namespace, report: ReportFormat | None) -> Wanted:
    from pyserini_xqg.evaluate.statistics import intervals, randomisation
    from pyserini_xqg.evaluate.statistics.compute import Wanted
    from pyserini_xqg.evaluate.statistics.randomisation import Draws
    from pyserini_xqg.evaluate.statistics.significance import PairedTest

    test = PairedTest(args.test or PairedTest.T)
    everything = report is not None and report.every_figure
    draw = test is PairedTest.RANDOMISATION or everything
    return Wanted(
        test=test,
        randomisation=Draws(args.resamples or randomisation.RESAMPLES, args.seed) if draw else None,
        letters=args.letters,
        intervals=Draws(args.resamples or intervals.RESAMPLES, args.seed) if args.intervals else None,
        power=args.intervals or everything,
    )
