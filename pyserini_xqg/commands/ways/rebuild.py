"""``pyserini-xqg rebuild``: an index's ``xqg.json`` into the same index again."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    parser.add_argument(
        "--from",
        dest="origin",
        type=Path,
        required=True,
        metavar="FILE-OR-DIR",
        help="an index's xqg.json, or its folder",
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the index; DIR.work holds the store where it has to be made again",
    )
    parser.add_argument("--store", type=Path, metavar="DIR", help="where the vector store lies now")
    parser.add_argument("--corpus", type=Path, metavar="FILE-OR-DIR", help="where the corpus lies now")
    parser.add_argument("--queries", type=Path, metavar="FILE-OR-DIR", help="where the generated queries lie now")
    parser.add_argument(
        "--vectors", type=Path, metavar="DIR", help="where the index lies now that stood in the corpus's place"
    )
    parser.add_argument("--encoder", metavar="NAME-OR-DIR", help="where the encoder lies now")
    parser.add_argument(
        "--threads", type=int, metavar="N", help="cores to use (default: all); a graph is built by as many as before"
    )
    parser.add_argument(
        "--provider",
        metavar="NAME",
        help="an ONNX Runtime execution provider, such as CUDAExecutionProvider (default: the CPU)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what is there, print the commands that would build it, and stop"
    )


def run(args: argparse.Namespace) -> int:
    """Build the index again, and say whether it is the same; 1 where it is not."""
    from pyserini_xqg.rebuild.places import MovedInputs, RebuildOptions
    from pyserini_xqg.rebuild.rebuild import plan, rebuild

    places = MovedInputs(args.corpus, args.queries, args.store, args.encoder, args.vectors)
    if args.dry_run:
        found, commands = plan(args.origin, args.output, places)
        print("\n".join([*(f"# {line}" for line in found), *map(shlex.join, commands)]))
        return 0
    verdict = rebuild(args.origin, args.output, places, RebuildOptions(_say, args.threads, args.provider))
    print(f"{args.output}: {verdict}")
    return 1 if verdict.differing else 0


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
