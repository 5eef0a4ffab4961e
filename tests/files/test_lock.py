"""One process at a time builds a thing; a dead one holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_corpus import environment

from pyserini_xqg.errors import BusyError, OutputError
from pyserini_xqg.files.lock import LockFile, building

HOLD = """
import sys
from pathlib import Path
from pyserini_xqg.files.lock import building
with building(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "index"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def test_the_second_is_told_who_holds_it(holder: subprocess.Popen[str], tmp_path: Path):
    with (
        pytest.raises(
            OutputError, match=rf"index is being built by another process \(process {holder.pid} on .*wait for it"
        ),
        building(tmp_path / "index"),
    ):
        pytest.fail("both hold it")
    with building(tmp_path / "other"):
        pass
    holder.communicate("")
    with building(tmp_path / "index"):
        assert [path.name for path in tmp_path.iterdir()] == [".xqg-lock-index"]
    assert list(tmp_path.iterdir()) == []


def test_a_dead_process_holds_nothing(holder: subprocess.Popen[str], tmp_path: Path):
    holder.kill()
    holder.communicate()
    assert [path.name for path in tmp_path.iterdir()] == [".xqg-lock-index"]
    with building(tmp_path / "index"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_failure_inside_is_passed_on_and_lets_go(tmp_path: Path):
    for error in (OSError("mine"), KeyboardInterrupt()):
        with pytest.raises(type(error)), building(tmp_path / "deep" / "index"):
            raise error
        assert list((tmp_path / "deep").iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"), building(tmp_path / "file" / "index"):
        pytest.fail("there is no such place")


def lock(folder: Path, *, stays: bool) -> LockFile:
    path = folder / "lock"
    return LockFile(path=path, guards=folder, busy="it is being made", remedy="wait", stays=stays)


@pytest.mark.parametrize("stays", [True, False])
def test_the_file_stays_or_goes(tmp_path: Path, stays: bool):
    for _ in range(2):
        with lock(tmp_path, stays=stays).held():
            assert (tmp_path / "lock").read_text().startswith(f"process {os.getpid()} on ")
            with (
                pytest.raises(
                    BusyError, match=rf"^it is being made by another process \(process {os.getpid()} on .*\); wait$"
                ),
                lock(tmp_path, stays=stays).held(),
            ):
                pytest.fail("both hold it")
        assert (tmp_path / "lock").exists() is stays


def test_a_file_that_was_removed_before_it_was_locked_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As where its holder tidies up while another process has it open already."""
    real, removed = os.open, []

    def opened(path: Path, *flags: int) -> int:
        descriptor = real(path, *flags)
        if not removed:
            removed.append(path)
            path.unlink()
        return descriptor

    monkeypatch.setattr(os, "open", opened)
    with lock(tmp_path, stays=True).held():
        assert removed
        assert (tmp_path / "lock").exists()
