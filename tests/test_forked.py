"""A forked process of the tests' own helper is what a new one would be, but for its imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import forked
import pytest
from forked import ForkedProcess, run, start
from tiny_corpus import ROOT, environment
from watching import stop_where

TELL = """
import json, os, sys, threading
print(json.dumps({
    "argv": sys.argv, "folder": os.getcwd(), "own": os.environ.get("OF_ITS_OWN"), "name": __name__,
    "threads": threading.active_count(), "ours": [name for name in sys.modules if name.startswith("pyserini")],
    "torch": "torch" in sys.modules, "helpers": [place for place in sys.path if place.endswith("support")],
}))
print("aside", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture(scope="module", autouse=True)
def _a_server_of_its_own() -> Iterator[None]:
    """What tests before have done to this process's environment does not count."""
    before = forked._started[:]
    forked._started.clear()
    yield
    forked._started[:] = before


def test_it_has_what_it_was_given_and_nothing_of_the_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    done = run(["-c", TELL, "a", "b c"], environment(OF_ITS_OWN="x"))
    assert (done.returncode, done.stderr) == (7, "aside\n")
    assert json.loads(done.stdout) == {
        "argv": ["-c", "a", "b c"],
        "folder": str(tmp_path),
        "own": "x",
        "name": "__main__",
        "threads": 1,
        "ours": [],
        "torch": True,
        "helpers": [],
    }


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("pass", 0, ""),
        ("raise SystemExit('no')", 1, "no\n"),
        ("import atexit, sys; atexit.register(print, 'bye', file=sys.stderr)", 0, "bye\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
    ],
)
def test_its_end_is_told(code: str, status: int, said: str):
    done = run(["-c", code], environment())
    assert (done.returncode, done.stderr) == (status, said)


def test_an_error_is_a_traceback():
    done = run(["-c", "1 / 0"], environment())
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_it_can_be_watched_stopped_and_killed(tmp_path: Path):
    code = f"import pathlib, time; pathlib.Path({str(tmp_path / 'seen')!r}).touch(); time.sleep(300)"
    process = start(["-c", code], environment())
    assert isinstance(process, ForkedProcess)
    stop_where(process, (tmp_path / "seen").exists)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.1)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert process.communicate() == ("", "")


def test_what_takes_too_long_is_killed():
    with pytest.raises(subprocess.TimeoutExpired):
        run(["-c", "import time; time.sleep(300)"], environment(), seconds=0.2)


def test_where_a_forked_one_would_not_be_the_same_a_new_one_is_begun():
    for process in (
        start(["-c", "pass"], environment(PYTHONPATH=f"{ROOT}:/nowhere")),
        start(["-c", "pass"], environment(OMP_NUM_THREADS="2")),
        start(["-c", "pass"], environment(), fresh=True),
    ):
        assert isinstance(process, subprocess.Popen)
        assert process.communicate() == ("", "")


def test_what_a_library_sets_on_the_way_does_not_stay(monkeypatch: pytest.MonkeyPatch):
    """As importing Ray sets PYTHONBREAKPOINT."""
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    monkeypatch.delenv("PYTHONBREAKPOINT", raising=False)
    before = dict(os.environ)
    with forked.read_at_start_kept():
        os.environ["PYTHONBREAKPOINT"] = "a.debugger"
        os.environ["PYTHONHASHSEED"] = "1"
    assert os.environ == before
