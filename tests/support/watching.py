"""A process that a test watches from outside, and stops where it has seen something."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable


def wait_for(process: subprocess.Popen[str], seen: Callable[[], object], seconds: float = 120) -> None:
    """Wait until ``seen()`` is true or the process has ended."""
    ends = time.monotonic() + seconds
    while process.poll() is None and not seen():
        assert time.monotonic() < ends, "nothing was seen"
        time.sleep(0.001)


def stop_where(process: subprocess.Popen[str], seen: Callable[[], object], seconds: float = 120) -> None:
    """Stop the process (``SIGSTOP``) at a moment at which ``seen()`` is true and stays so."""
    while True:
        wait_for(process, seen, seconds)
        assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        if seen():
            return
        process.send_signal(signal.SIGCONT)  # it went on between our look and the signal
