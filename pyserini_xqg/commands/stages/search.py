"""``pyserini-xqg search faiss|hybrid|lucene``: Pyserini's own commands with our encoders and indexes known."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the stage's flags: which of Pyserini's commands; the rest is passed on."""
    parser.usage = (
        "pyserini-xqg search faiss|hybrid|lucene [Pyserini's flags] [--precision …] [--late-alpha A "
        "--late-fusion … --late-languages …]"
    )
    parser.add_argument(
        "command",
        choices=["faiss", "hybrid", "lucene"],
        help="as in python -m pyserini.search.faiss, .hybrid and .lucene",
    )
    parser.add_argument(
        "rest", nargs=argparse.REMAINDER, help="Pyserini's own flags; --encoder may be left out with an index of ours"
    )


def run(args: argparse.Namespace) -> int:
    """Search."""
    from pyserini_xqg.export.resolve import resolve_encoder
    from pyserini_xqg.search.commands.pyserini_commands import PyseriniCommand, own_flags, run

    command = PyseriniCommand(args.command)
    if args.rest and args.rest[0] in ("-h", "--help"):
        print(own_flags(command).format_help())
    run(command, args.rest, resolve_encoder, lambda line: print(line, file=sys.stderr))
    return 0
