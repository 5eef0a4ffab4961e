"""Runs work in a process of its own and tells that process's peak memory.

The kernel's high-water mark of the child's own memory (VmHWM) is read at its end, not ``ru_maxrss``: a child inherits
that from the process that started it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MARK = "xqg-benchmark:"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a child reported.

    :param mebibytes: its peak resident memory.
    :param figures: whatever else it had to tell.
    """

    mebibytes: float
    figures: dict[str, Any]


def report(**figures: Any) -> None:
    """The last thing a child does: print its peak and its figures."""
    print(_MARK + json.dumps({"mebibytes": _high_water_mark(), "figures": figures}), flush=True)


def measure(script: Path, *words: str | Path, environment: dict[str, str] | None = None) -> Measured:
    """Run ``python SCRIPT WORDS…``, which must end with :func:`report`."""
    command = [sys.executable, str(script), *map(str, words)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=False, env={**os.environ, **(environment or {})}
    )
    reports = [line.removeprefix(_MARK) for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if done.returncode or not reports:
        raise SystemExit(f"{script.name} {words[0]} failed with exit status {done.returncode}")
    return Measured(**json.loads(reports[-1]))


def _high_water_mark() -> float:
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


if __name__ == "__main__":
    # As a script it runs a stage of the command line: what a user would run, in one process.
    import time

    from pyserini_xqg.commands import main

    started = time.perf_counter()
    status = main(sys.argv[1:])
    if status == 0:
        report(seconds=time.perf_counter() - started)
    sys.exit(status)
