"""``pyserini-xqg demo``: the whole way on the embedded collection and encoder."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--output", type=Path, default=Path("demo"), metavar="DIR", help="where everything is put (default: demo)"
    )
    parser.add_argument(
        "--precision",
        choices=["auto", "fp32", "bf16", "int8"],
        default="auto",
        help="arithmetic of the encoder (default: auto)",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    parser.add_argument("--collection-only", action="store_true", help="write the collection into the folder, and stop")


def run(args: argparse.Namespace) -> int:
    """Run it, and print the table and the way on."""
    if args.collection_only:
        from pyserini_xqg.demo.collection import write_collection

        write_collection(args.output)
        print(f"66 passages, generated queries, topics and judgments in 8 languages: {args.output}")
        return 0
    import time

    started = time.monotonic()
    from pyserini_xqg.demo.demo import DENSE, ENCODER, MEAN, MEASURES, VIEWS, run_demo
    from pyserini_xqg.evaluate.evaluation import Evaluation
    from pyserini_xqg.evaluate.output.report import to_text
    from pyserini_xqg.evaluate.scoring.measures.registry import parse_measures
    from pyserini_xqg.evaluate.statistics.significance import compare
    from pyserini_xqg.export.resolve import load_encoder

    print(f"encoder: {ENCODER}, embedded (built once, about half a minute)", flush=True)
    result = run_demo(
        load_encoder(ENCODER, args.precision, args.threads), args.output, lambda line: print(line, flush=True)
    )
    tests = tuple(test for measure in MEASURES for test in compare(result.scores, DENSE, measure))
    print(f"\n{to_text(Evaluation(parse_measures(MEASURES), result.scores, DENSE, tests))}\n")
    folder = result.folder
    print(
        f"{time.monotonic() - started:.0f} s. Run files: {folder / 'runs'}; indexes: {folder / 'indexes'}; the "
        f"collection: {folder / 'collection'}\n"
    )
    print("Go on with Pyserini's own flags, the encoder is known from the index:")
    print(
        f"  pyserini-xqg search faiss --index {folder / 'indexes' / VIEWS} --topics "
        f"{folder / 'collection' / 'topics.sw.tsv'} --output run.sw.txt"
    )
    print(f"  pyserini-xqg evaluate --runs run.sw.txt --qrels {folder / 'collection'}")
    print(
        f"  pyserini-xqg tune --store {folder / 'store'} --topics {folder / 'collection'} --qrels "
        f"{folder / 'collection'} --output {folder / 'tune'}"
    )
    print(f"  pyserini-xqg index --store {folder / 'store'} --output my-index --languages sw,te --alpha 0.5")
    print(
        f"  python -m pyserini.search.faiss --index {folder / 'indexes' / MEAN} --encoded-queries FOLDER …   "
        "(pyserini-xqg encode-queries makes FOLDER)"
    )
    return 0
