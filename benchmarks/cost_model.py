"""What a corpus will cost: hours and bytes as functions of passages × languages × queries, fitted to measurements of
this run.

Every stage is measured at several sizes on one core: `expand` with SmolLM2 on XQuAD's paragraphs, `encode` and `filter`
with e5-small on those and their human questions, `index` on random stores. Each size is then predicted by a fit to the
others. Speeds of other generators are read from what generate.py left in the same --work folder. No GPU is here: give
--queries-per-second and --passages-per-second of your own for one. The formulas for disk are compared with what the
real stages leave.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import replace

from common import flags, head, table, work_folder
from cost_disk import print_disk_checks
from cost_fit import Fit, print_fit
from cost_stages import measure_encode, measure_expand, measure_filter, measure_index
from disk_model import Plan, index_bytes, queries_bytes, store_bytes
from generate import SPEEDS

from pyserini_xqg.fusion.keep import Keep

_PAPER = Plan(passages=18_000_000, languages=7, queries=5, dimension=768)
_REFERENCE = 2.5e12
"""The reference implementation's README: 35 files of queries' embeddings, 2.5 TB of disk."""
_SECONDS = 3600.0


def main() -> None:
    """Print the fits, the checks and the paper's corpus."""
    parser = flags(__doc__)
    parser.add_argument(
        "--queries-per-second",
        type=float,
        metavar="X",
        help="of a generator that was not measured here, such as one on a GPU",
    )
    parser.add_argument(
        "--passages-per-second",
        type=float,
        metavar="Y",
        help="of an encoder that was not; its generated queries count as --ratio of one",
    )
    parser.add_argument(
        "--ratio",
        type=float,
        default=0.14,
        metavar="R",
        help="a query's cost to encode, a passage's being 1 (default: 0.14)",
    )
    parser.add_argument(
        "--sample",
        type=float,
        default=100.0,
        metavar="PERCENT",
        help="of the passages that queries are generated for, as by `expand --sample` (default: 100)",
    )
    args = parser.parse_args()
    plan = replace(_PAPER, share=args.sample / 100)
    head("What a corpus will cost", args)
    with work_folder(args) as work:
        place = work / "cost-model"
        shutil.rmtree(place, ignore_errors=True)
        fits = {
            "expand": print_fit("expand, SmolLM2-135M at bf16", measure_expand(work, args.quick), ("queries",)),
            "encode": print_fit("encode, e5-small", measure_encode(work, place, args.quick), ("passages", "queries")),
            "filter": print_fit("filter, e5-small", measure_filter(work, place, args.quick), ("passages", "queries")),
            "index": print_fit(
                "index, mean", measure_index(place, args.quick, views=False), ("passages × (1 + languages)",)
            ),
            "views": print_fit(
                "index, views", measure_index(place, args.quick, views=True), ("passages × (1 + languages)",)
            ),
        }
        print_disk_checks(place, args.quick)
        speeds = json.loads((work / SPEEDS).read_text(encoding="utf-8")) if (work / SPEEDS).is_file() else {}
    _print_hours(plan, fits, speeds, args)
    _print_disk(plan)


def _print_hours(
    plan: Plan, fits: dict[str, Fit], speeds: dict[str, dict[str, float]], args: argparse.Namespace
) -> None:
    inputs = {
        "passages": float(plan.passages),
        "queries": plan.all_queries,
        "passages × (1 + languages)": plan.passages * (1.0 + plan.languages),
    }
    rows = [[f"{name} ({fit.title})", fit.formula(), _hours(fit.predict(inputs))] for name, fit in fits.items()]
    cores = os.cpu_count() or 1
    for model, sides in speeds.items():
        rows += [
            [f"expand: {model}: {side}", f"queries / {rate / cores:.2f}", _hours(plan.all_queries / rate * cores)]
            for side, rate in sides.items()
        ]
    print(
        f"### The paper's corpus: {plan.passages:,} passages"
        + (f", {plan.share:.3g} of them with queries," if plan.share < 1 else "")
        + f" × {plan.languages} languages × {plan.queries:g} queries = {plan.all_queries:,.0f} queries\n"
    )
    print(table(["stage, one core of this CPU", "seconds", "core-hours"], rows))
    print(
        "Generator and encoder are the ones measured, not the paper's (mT5-base and mBERT). A GPU was not here to be "
        "measured; on one, hours are\n"
    )
    print("    expand:  passages with queries × languages × queries / (queries a second) / 3600")
    print(
        f"    encode:  (passages + {args.ratio:g} × passages with queries × languages × queries) / (passages a second) "
        "/ 3600\n"
    )
    given = []
    if args.queries_per_second:
        given.append(
            ["expand", f"{args.queries_per_second:g} queries/s", _hours(plan.all_queries / args.queries_per_second)]
        )
    if args.passages_per_second:
        seconds = (plan.passages + args.ratio * plan.all_queries) / args.passages_per_second
        given.append(["encode", f"{args.passages_per_second:g} passages/s", _hours(seconds)])
    if given:
        print(table(["with the speeds that were given", "", "hours"], given))


def _print_disk(paper: Plan) -> None:
    rows = []
    for dimension in (384, 768):
        plan = replace(paper, dimension=dimension)
        whole = plan.all_queries * dimension * 4
        sizes = [queries_bytes(plan), *(store_bytes(plan, keep) for keep in (Keep.TOTAL, Keep.LANGUAGES, Keep.RANKS))]
        sizes += [index_bytes(plan, views=False), index_bytes(plan, views=True), whole]
        rows.append([f"{dimension} dimensions", *(f"{size / 1e9:,.0f}" for size in sizes)])
    header = [
        "GB",
        "queries as text",
        "store, `--keep total`",
        "`languages`",
        "`ranks`",
        "index, mean",
        "index, views",
        "every query's vector in float32",
    ]
    print(
        f"### Its disk, at {paper.query:g} bytes a query and {paper.docid:g} a docid, float16 stores, float32 "
        f"indexes\n\n{table(header, rows)}"
    )
    print(f"The reference implementation's README asks for {_REFERENCE / 1e9:,.0f} GB (768 dimensions).")


def _hours(seconds: float) -> str:
    return f"{seconds / _SECONDS:,.1f}"


if __name__ == "__main__":
    main()
