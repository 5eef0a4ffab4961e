"""``pyserini-xqg tune fields``: the score of a dev set at every weighting of a BM25 index's fields."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    parser.add_argument("--index", type=Path, required=True, metavar="DIR", help="a BM25 index of index-sparse")
    flags.add_dev_set(parser)
    parser.add_argument(
        "--fields",
        nargs="+",
        default=["contents=0,0.5,1,2", "xqg_LANG=0,1"],
        metavar="FIELD=W,W,…",
        help="the weights to try for each field; xqg_LANG is the field of the topics' own language (default: "
        "contents=0,0.5,1,2 xqg_LANG=0,1)",
    )
    parser.add_argument("--k1", type=float, default=0.9, help="of BM25 (default: 0.9)")
    parser.add_argument("--b", type=float, default=0.4, help="of BM25 (default: 0.4)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="also write the table there, as CSV")


def run(args: argparse.Namespace) -> int:
    """Tune, print the table and the way on."""
    from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
    from pyserini_xqg.search.searchers.fields import OWN, as_words
    from pyserini_xqg.tune.dev_set import read_dev_set
    from pyserini_xqg.tune.fields import as_text, parse_grid, tune_fields, write_csv

    (measure,) = parse_measures([args.metric])
    grid = parse_grid(args.fields)
    only = tuple(args.topic_languages.split(",")) if args.topic_languages else ()
    tuning = tune_fields(
        index=args.index,
        dev=read_dev_set(args.topics, args.qrels, only),
        measure=measure,
        grid=grid,
        k1=args.k1,
        b=args.b,
    )
    print(as_text(tuning))
    if tuning.alike:
        print(f"{tuning.alike} more weightings differ from one of these by a factor and rank alike")
    if args.output is not None:
        write_csv(tuning, args.output)
        print(f"written: {args.output}")
    best = as_words(tuning.weightings[tuning.best])
    language = (
        f" --language {next(iter(tuning.languages)) if len(tuning.languages) == 1 else 'LANG'}" if OWN in grid else ""
    )
    bm25 = "" if (args.k1, args.b) == (0.9, 0.4) else f" --k1 {args.k1:g} --b {args.b:g}"
    print(f"\nbest: {' '.join(best)}")
    print(
        f"next: pyserini-xqg search lucene --index {args.index} --topics TOPICS.tsv --fields "
        f"{' '.join(best)}{language}{bm25} --output RUN.txt"
    )
    return 0
