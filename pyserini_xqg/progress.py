"""Progress of long work: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS_BETWEEN_LINES = 30.0


class Progress:
    """Counts finished units. On a terminal it is a tqdm bar; elsewhere it prints a line to stderr every half minute.

    :param what: the words before the figures, such as ``encoding``.
    :param unit: the plural of what is counted, such as ``passages``.
    :param total: how many there will be, when known.
    """

    def __init__(self, what: str, unit: str, total: int | None = None) -> None:
        self.what = what
        self.unit = unit
        self.total = total
        self.done = 0
        self._started = self._last_line = time.monotonic()
        self._bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=what, unit=f" {unit}", file=sys.stderr, dynamic_ncols=True)

    def advance(self, count: int = 1) -> None:
        """Count ``count`` more units as done."""
        self.done += count
        if self._bar is not None:
            self._bar.update(count)
            return
        now = time.monotonic()
        if now - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = now
            print(self._line(now), file=sys.stderr, flush=True)

    def _line(self, now: float) -> str:
        rate = self.done / max(now - self._started, 1e-9)
        if self.total is None:
            return f"{self.what}: {self.done:,} {self.unit}, {rate:,.1f}/s"
        left = (self.total - self.done) / rate if rate else float("inf")
        return f"{self.what}: {self.done:,} of {self.total:,} {self.unit}, {rate:,.1f}/s, {left / 60:,.0f} min left"

    def close(self) -> None:
        """End the bar."""
        if self._bar is not None:
            self._bar.close()


@contextmanager
def progress(what: str, unit: str, total: int | None = None) -> Iterator[Progress]:
    """A :class:`Progress` that is closed at the end of the block."""
    tracker = Progress(what, unit, total)
    try:
        yield tracker
    finally:
        tracker.close()
