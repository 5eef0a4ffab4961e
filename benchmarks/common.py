"""What the benchmarks share: their flags, their folder, the head of their report, and stages of the command line."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import machine

from pyserini_xqg.commands import main

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests" / "support"))  # servers and models that the tests have, too


def flags(what: str | None) -> argparse.ArgumentParser:
    """The flags of every benchmark.

    :param what: the module's docstring.
    """
    parser = argparse.ArgumentParser(description=what, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="tiny sizes, to see that the benchmark works; its figures mean nothing"
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="keep what is made in DIR and use what is there (default: a temporary folder)",
    )
    parser.add_argument(
        "--no-machine", action="store_true", help="leave the description of the machine out of the report"
    )
    return parser


def head(title: str, args: argparse.Namespace) -> None:
    """Print the report's heading, the command, and the machine."""
    words = [
        f"--{name.replace('_', '-')}" for name, value in vars(args).items() if value is True and name != "no_machine"
    ]
    print(f"## {title}\n\n`{' '.join(['python', f'benchmarks/{Path(sys.argv[0]).name}', *words])}`\n")
    print(f"- {machine.load()}" if args.no_machine else machine.describe())
    if args.quick:
        print("- tiny sizes (`--quick`): the figures below mean nothing")
    print(flush=True)


def say(what: str) -> None:
    """Tell the person at the terminal what happens; the report is on stdout, this is not part of it."""
    print(what, file=sys.stderr, flush=True)


@contextmanager
def work_folder(args: argparse.Namespace) -> Iterator[Path]:
    """The folder for what the benchmark makes: ``--work``, or a temporary one."""
    if args.work is not None:
        args.work.mkdir(parents=True, exist_ok=True)
        yield args.work
        return
    with tempfile.TemporaryDirectory(prefix="xqg-benchmark-") as folder:
        yield Path(folder)


def data_dir() -> Path:
    """The folder with the public data sets: ``PYSERINI_XQG_DATA``, else ``../shared/data`` beside the project."""
    place = Path(os.environ.get("PYSERINI_XQG_DATA", ROOT.parent / "shared" / "data"))
    if not (place / "xquad").is_dir():
        raise SystemExit("no XQuAD: set PYSERINI_XQG_DATA to a folder that holds xquad/xquad.LANG.json")
    return place


def stage(*words: str | Path) -> None:
    """Run a stage of the command line in this process; what it prints goes to stderr."""
    with redirect_stdout(sys.stderr):
        if main([str(word) for word in words]):
            raise SystemExit(f"pyserini-xqg {words[0]} failed")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
