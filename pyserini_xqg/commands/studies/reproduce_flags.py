"""Flags that matrices and experiments share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

MOST_JOBS = 2
"""Commands side by side at most, unless asked for: a training takes up to 7.3 GB."""


_DATA = "PYSERINI_XQG_DATA"
UNKNOWN_DATA = Path(f"${_DATA}")
"""Stands for the public data in what is printed, where nobody has said where they are."""


def add_data(parser: argparse.ArgumentParser | argparse._ArgumentGroup, sets: str = "") -> None:
    """Add ``--data``.

    :param sets: the data sets that are read, where only some are.
    """
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help=f"the public data, a folder a data set{sets and ': '}{sets} (default: {_DATA})",
    )


def given_data(args: argparse.Namespace) -> Path | None:
    """Where the public data are: ``--data``, else what the environment says; None where neither does."""
    place = args.data or os.environ.get(_DATA)
    return Path(place) if place else None


def data_folder(args: argparse.Namespace) -> Path:
    """Where the public data are.

    :raises UsageError: nobody has said.
    """
    from pyserini_xqg.errors import UsageError

    place = given_data(args)
    if place is None:
        raise UsageError(
            f"the public data are needed: give --data DIR, which holds a folder a data set, or set {_DATA} to it"
        )
    return place


def jobs(args: argparse.Namespace) -> int:
    """How many commands run side by side.

    :raises UsageError: fewer than one was asked for.
    """
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.machine import available_cores

    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs is {args.jobs}; it must be at least 1")
    return args.jobs or min(available_cores(), MOST_JOBS)
