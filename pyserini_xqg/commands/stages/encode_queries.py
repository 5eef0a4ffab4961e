"""``pyserini-xqg encode-queries``: topics to the folder that Pyserini's ``--encoded-queries`` reads."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags."""
    from pyserini_xqg.commands import flags

    flags.add_encoder(parser)
    parser.add_argument(
        "--topics", type=Path, nargs="+", required=True, metavar="FILE", help="TSV files qid<TAB>text, plain or .gz"
    )
    parser.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="the folder; embedding.pkl in it is made anew"
    )


def run(args: argparse.Namespace) -> int:
    """Encode the topics, and say where they lie."""
    from pyserini_xqg.commands import flags
    from pyserini_xqg.search.encoded_queries import encode_queries

    count = encode_queries(args.topics, flags.load_encoder(args), args.output)
    print(f"{args.output}: {count:,} topics; use it as --encoded-queries {args.output}")
    return 0
