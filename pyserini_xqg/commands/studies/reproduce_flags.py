"""Flags that matrices and experiments share."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

MOST_JOBS = 2
"""Commands side by side at most, unless asked for: a training takes up to 7.3 GB."""


def data_folder(args: argparse.Namespace) -> Path:
    """Where the public data are: ``--data``, else what the environment says, else beside the project."""
    return args.data or Path(os.environ.get("PYSERINI_XQG_DATA", "../shared/data"))


def jobs(args: argparse.Namespace) -> int:
    """How many commands run side by side.

    :raises UsageError: fewer than one was asked for.
    """
    from pyserini_xqg.errors import UsageError
    from pyserini_xqg.machine import available_cores

    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs is {args.jobs}; it must be at least 1")
    return args.jobs or min(available_cores(), MOST_JOBS)
