"""``robustness``: runs on clean and on perturbed topics in, what the perturbations cost out."""

from __future__ import annotations

import argparse
from pathlib import Path

from pyserini_xqg.errors import UsageError
from pyserini_xqg.evaluate.scoring.measures.over_qrels import QRELS
from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures, split_names

_MEASURES = ("R@5", "R@10", "nDCG@10")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--clean",
        type=Path,
        required=True,
        metavar="DIR",
        help="runs on the clean topics, SYSTEM.LANG.txt as `evaluate` reads them",
    )
    parser.add_argument(
        "--perturbed",
        nargs="+",
        action="extend",
        required=True,
        metavar="NAME=DIR",
        help="runs on perturbed topics with the same query ids; a NAME given again is one more variant (seed) of it: "
        "average and worst case are both told",
    )
    parser.add_argument("--qrels", type=Path, required=True, help="a qrels file, or a folder with qrels.LANG.txt")
    parser.add_argument(
        "--measures", nargs="+", default=list(_MEASURES), metavar="MEASURE", help=f"default {' '.join(_MEASURES)}"
    )
    parser.add_argument(
        "--systems", nargs="+", default=[], metavar="SYSTEM", help="only these, in this order (default: all)"
    )
    parser.add_argument("--baseline", metavar="SYSTEM", help="the system to compare the others' scores and drops with")
    parser.add_argument(
        "--groups",
        nargs="+",
        default=["family,resource"],
        metavar="GROUP",
        help="family,resource (the default), one of them, or none",
    )
    parser.add_argument(
        "--resample",
        choices=["passages", "queries"],
        default="passages",
        help="what the bootstrap draws: relevant passages with all queries that share them (default), or query ids",
    )
    parser.add_argument("--resamples", type=int, default=10_000, metavar="N", help="default 10000")
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap; default 0")
    parser.add_argument(
        "--missing",
        choices=["miss", "leave-out"],
        help="what a judged query counts that a run lacks: miss (0, as evaluate counts it), or leave-out (it is left "
        "out of all runs of its language); without the flag a miss, but clean and perturbed runs that each lack "
        "queries of the other are refused",
    )
    parser.add_argument("--no-plots", action="store_true", help="tables alone")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="the report: robustness.md, .csv, .tex and plots/"
    )


def run(args: argparse.Namespace) -> int:
    """Write the report and print the table over all languages."""
    measures = parse_measures(split_names(args.measures))
    if wrong := [measure for measure in measures if measure.BASIS is not QRELS]:
        raise UsageError(
            f"--measures {', '.join(measure.name for measure in wrong)}: needs {wrong[0].BASIS.name} instead of qrels, "
            "and is not reported here; `evaluate` computes it"
        )
    if args.resamples < 100:
        raise UsageError(f"--resamples {args.resamples}: a 95% interval needs 100 or more")
    if args.seed < 0:
        raise UsageError(f"--seed {args.seed}: must be 0 or more")
    from pyserini_xqg.evaluate.statistics.clusters import Resample
    from pyserini_xqg.robustness.compare_runs import check_output, compare_runs, write_report
    from pyserini_xqg.robustness.comparison.conditions import parse_perturbed
    from pyserini_xqg.robustness.comparison.queries import Missing
    from pyserini_xqg.robustness.comparison.read import ComparedRuns
    from pyserini_xqg.robustness.comparison.results import AnalysisSettings
    from pyserini_xqg.robustness.comparison.scopes import parse_groups
    from pyserini_xqg.robustness.output.texts import to_text

    places = ComparedRuns(
        args.clean, parse_perturbed(args.perturbed, args.clean), args.qrels, tuple(dict.fromkeys(args.systems))
    )
    settings = AnalysisSettings(
        args.baseline, parse_groups(args.groups), Resample(args.resample), args.resamples, args.seed
    )
    check_output(args.output)
    found = compare_runs(places, measures, Missing(args.missing) if args.missing else None, settings)
    files = write_report(args.output, found, plots=not args.no_plots)
    print(to_text(found))
    print(f"\nreport: {', '.join(str(path) for path in files if path.parent == args.output)}")
    if plots := dict.fromkeys(path.name.partition(".")[0] for path in files if path.parent != args.output):
        print(f"plots:  {args.output / 'plots'}: {', '.join(plots)}, each measure as PNG and SVG")
    return 0
