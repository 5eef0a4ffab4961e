"""A bar on a terminal, a line now and then elsewhere, nothing for short work."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios

import pytest
from tiny_corpus import ROOT

from pyserini_xqg import progress as module
from pyserini_xqg.progress import progress


def test_short_work_is_silent_away_from_a_terminal(capfd: pytest.CaptureFixture[str]):
    with progress("encoding", "passages", 10) as bar:
        bar.advance(4)
        bar.advance()
    assert bar.done == 5
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("total", "line"),
    [(10, r"encoding: 5 of 10 passages, [\d,.]+/s, 0 min left"), (None, r"encoding: 5 passages, [\d,.]+/s")],
)
def test_long_work_prints_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], total: int | None, line: str
):
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LINES", 0.0)
    with progress("encoding", "passages", total) as bar:
        bar.advance(5)
    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(line + "\n", err)


def test_nothing_done_yet_has_no_time_left(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.setattr(module, "_SECONDS_BETWEEN_LINES", 0.0)
    with progress("encoding", "passages", 10) as bar:
        bar.advance(0)
    assert "0 of 10 passages, 0.0/s, inf min left" in capfd.readouterr().err


def test_a_terminal_gets_a_bar():
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    script = (
        "from pyserini_xqg.progress import progress\nwith progress('encoding', 'passages', 10) as bar: bar.advance(10)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, stderr=theirs, check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "encoding: 100%" in shown
    assert "10/10" in shown
