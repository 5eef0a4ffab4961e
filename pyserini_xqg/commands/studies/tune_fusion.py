"""``pyserini-xqg tune fusion``: the weights of runs, tuned on dev topics."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyserini_xqg.commands.stages.fuse import add_fusion_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from pyserini_xqg.tune.weights import Tuning

_ROWS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--qrels", type=Path, required=True, metavar="FILE-OR-DIR", help="a qrels file, or a folder of qrels.LANG.txt"
    )
    parser.add_argument("--metric", default="MRR@10", help="what is to be high (default: MRR@10)")
    parser.add_argument(
        "--grid",
        type=float,
        default=0.1,
        metavar="STEP",
        help="weights are multiples of it and sum to 1 (default: 0.1)",
    )
    parser.add_argument(
        "--per-language",
        action="store_true",
        help="weights for each language (default: one set for all, by the languages' mean)",
    )
    parser.add_argument(
        "--folds",
        type=int,
        metavar="N",
        help="also judge the weights on topics they were not chosen on, N-fold by topic",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="how topics fall into folds (default: 0)")
    add_fusion_arguments(parser, "interpolation")


def run(args: argparse.Namespace) -> int:
    """Tune, print the best rows, and say how to go on."""
    from pyserini_xqg.commands.stages.fuse_inputs import fusion_of, settings_of, systems_by_language, views_of
    from pyserini_xqg.evaluate.inputs.judgments import check_shared, read_judgments
    from pyserini_xqg.evaluate.inputs.places import files_for, find_runs
    from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
    from pyserini_xqg.runs.fuse_inputs import check_together, read_for_fusing
    from pyserini_xqg.tune.pool import make_pool
    from pyserini_xqg.tune.weights import make_folds, simplex, tune_weights

    fusion, views, (measure,) = fusion_of(args), views_of(args), parse_measures([args.metric])
    systems = find_runs(args.runs)
    by_language = systems_by_language(systems)
    grid = simplex(len(systems), args.grid)
    pools = {}
    for code, qrels in files_for(args.qrels, tuple(by_language), "qrels").items():
        judgments = read_judgments(qrels)
        rankings = [read_for_fusing(path, views) for path in by_language[code]]
        for note in check_together(by_language[code], rankings):
            print(f"note: {note}", file=sys.stderr)
        for path, ranking in zip(by_language[code], rankings, strict=True):
            check_shared(ranking, judgments, path, qrels)
        pools[code] = make_pool(rankings, judgments, fusion.method)
    tuning = tune_weights(pools, measure, grid)
    groups = [[code] for code in pools] if args.per_language else [list(pools)]
    folds = (
        [make_folds({code: tuning.topics[code] for code in codes}, args.folds, args.seed) for codes in groups]
        if args.folds is not None
        else []
    )
    print(f"{measure.name} by {fusion.method.name}, weights in steps of {args.grid:g}: {len(grid):,} points\n")
    for place, codes in enumerate(groups):
        best = tuning.best(codes)
        print(_table(tuning, codes, tuple(systems), best))
        if folds:
            print(_held_out(tuning, folds[place], best))
        weights = " ".join(f"{weight:g}" for weight in grid[best].round(6))
        runs = " ".join(str(path) for path in (by_language[codes[0]] if args.per_language else args.runs))
        method = " ".join(
            [f"--method {fusion.method.name}", *(f"{flag} {value}" for flag, value in settings_of(args).items())]
        )
        shares = (f"{name} {weight:g}" for name, weight in zip(systems, grid[best].round(6), strict=True))
        print(f"\nbest weights: {', '.join(shares)}")
        print(f"next: pyserini-xqg fuse --runs {runs} {method} --weights {weights} --output FUSED\n")
    if not folds:
        print(
            "These weights are judged on the topics that they were chosen on, which flatters them: report them on "
            "other topics, or see --folds 5."
        )
    return 0


def _table(tuning: Tuning, codes: Sequence[str], systems: Sequence[str], best: int) -> str:
    """Each run alone, all alike, and the best points; in percent."""
    import numpy as np

    means = tuning.means()
    average = np.mean([means[code] for code in codes], axis=0)
    alone = [int(np.flatnonzero(tuning.grid[:, run] == 1)[0]) for run in range(len(systems))]
    alike = int(np.abs(tuning.grid - 1 / len(systems)).sum(axis=1).argmin())
    top = [best, *(int(point) for point in np.argsort(-average, kind="stable")[:_ROWS] if point != best)][:_ROWS]
    rows = [(f"{systems[run]} alone", point) for run, point in enumerate(alone)] + [("all alike", alike)]
    rows += [("best" if point == best else "", point) for point in top]
    widths = [max(len(system), 6) for system in systems]
    first = max(len(name) for name, _ in rows)
    head = f"{'':<{first}}" + "".join(f"  {system:>{width}}" for system, width in zip(systems, widths, strict=True))
    mean = [f"{'mean':>8}"] if len(codes) > 1 else []
    lines = [head + "  |" + "".join([f"{code:>7}" for code in codes] + mean)]
    for name, point in rows:
        weights = "".join(f"  {weight:>{width}.3g}" for weight, width in zip(tuning.grid[point], widths, strict=True))
        scores = "".join(
            [f"{100 * means[code][point]:7.1f}" for code in codes] + ([f"{100 * average[point]:8.1f}"] if mean else [])
        )
        lines.append(f"{name:<{first}}{weights}  |{scores}")
    return "\n".join(lines)


def _held_out(tuning: Tuning, folds: Mapping[str, np.ndarray], best: int) -> str:
    import numpy as np

    from pyserini_xqg.tune.weights import at_points, held_out_points

    points = held_out_points(tuning, folds)
    scores = {code: float(at_points(tuning.scores[code], points[code]).mean()) for code in folds}
    inside = np.mean([tuning.scores[code][best].mean() for code in folds])
    number = max(int(fold.max()) for fold in folds.values()) + 1
    shown = ", ".join(f"{code} {100 * score:.1f}" for code, score in scores.items())
    return (
        f"\nheld out ({number} folds by topic): {100 * np.mean(list(scores.values())):.1f} ({shown}); on the "
        f"topics it was chosen on: {100 * inside:.1f}"
    )
