"""A process that a test watches from outside, and stops where it has seen something."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from forked import ForkedProcess

type Watched = ForkedProcess | subprocess.Popen[str]


def wait_for(process: Watched, seen: Callable[[], object], seconds: float = 120) -> None:
    """Wait until ``seen()`` is true or the process has ended."""
    ends = time.monotonic() + seconds
    while process.poll() is None and not seen():
        assert time.monotonic() < ends, "nothing was seen"
        time.sleep(0.001)


def stop_where(process: Watched, seen: Callable[[], object], seconds: float = 120) -> None:
    """Stop the process (``SIGSTOP``) at a moment at which ``seen()`` is true and stays so."""
    while True:
        wait_for(process, seen, seconds)
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGSTOP)
        while _state(process.pid) not in "TZX":
            time.sleep(0.001)
        if seen():
            return
        process.send_signal(signal.SIGCONT)  # it went on between our look and the signal


def _state(pid: int) -> str:
    """As /proc tells it: T is stopped, Z or X gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0]
    except FileNotFoundError:
        return "X"
