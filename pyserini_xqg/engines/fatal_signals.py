"""Keeps what a process does at SIGSEGV and its like as it is while a library is called that would change it.

Java stops its threads by a fault of its own at a page that they read: whoever takes SIGSEGV from it, or gives it back
to the system, kills the process at the next such stop. Ray does both, at its start and at its end.
"""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)
_ROOM = 256
"""Bytes; ``struct sigaction`` is smaller on every system, and is only carried about."""


@contextmanager
def fatal_signals_kept() -> Iterator[None]:
    """Restore, at the end, the handlers that were there at the beginning, whoever installed them; Python's ``signal``
    knows only its own.
    """
    libc = ctypes.CDLL(None)
    kept = {number: ctypes.create_string_buffer(_ROOM) for number in _SIGNALS}
    for number, action in kept.items():
        libc.sigaction(int(number), None, action)
    try:
        yield
    finally:
        for number, action in kept.items():
            libc.sigaction(int(number), action, None)
