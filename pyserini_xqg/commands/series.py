"""Several commands in one process, one after the other: Pyserini's imports alone take some ten seconds, and are then
taken once.

``python -m pyserini_xqg.commands.series '[["pyserini-xqg", "search", …], …]'`` stops at the first command that fails,
with its exit status.
"""

from __future__ import annotations

import gc
import json
import runpy
import shlex
import sys
from collections.abc import Sequence

from pyserini_xqg.reproduce.steps.step import MODULE, OURS


def run_series(commands: Sequence[Sequence[str]]) -> int:
    """Run the commands; the first exit status that is not 0, else 0. What is left of each stays frozen for the garbage
    collector.
    """
    for words in commands:
        sys.stdout.write(f"$ {shlex.join(words)}\n")
        sys.stdout.flush()
        if status := _run(words):
            return status
        # Pyserini's searchers are in reference cycles; eight encoders would stay in memory until somebody looked
        gc.collect()
        gc.freeze()  # what is left are modules: to look at them each time costs half a second a command
    return 0


def _run(words: Sequence[str]) -> int:
    try:
        if tuple(words[: len(OURS)]) == OURS:
            from pyserini_xqg.commands import main

            return main(words[len(OURS) :])
        sys.argv = list(words[len(MODULE) :])
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as left:
        if left.code is None or isinstance(left.code, int):
            return left.code or 0
        sys.stderr.write(f"{left.code}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        status = run_series(json.loads(sys.argv[1]))
    finally:
        gc.unfreeze()  # some libraries complain of what is still there when Python ends
    raise SystemExit(status)
