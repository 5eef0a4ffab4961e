"""Runs the steps of an experiment, several side by side, and remembers those that are done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from pathlib import Path

from pyserini_xqg.errors import EngineError
from pyserini_xqg.files.text import read_json, write_json
from pyserini_xqg.reproduce.steps.step import Step, in_order

RECORD = "steps.json"
"""In the experiment's folder: what each step was and what it took."""
LOGS = "logs"
_A_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024
"""In the unit of ``ru_maxrss``: bytes on macOS, kilobytes on Linux."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a step was and took.

    :param command: the command line.
    :param seconds: by the clock.
    :param peak_mb: the largest resident memory of its processes, in MB.
    """

    command: str
    seconds: float
    peak_mb: float


@dataclass(slots=True)
class _Running:
    step: Step
    process: subprocess.Popen[bytes]
    began: float


class Runner:
    """Runs steps in processes of their own, each with its output in ``logs/NAME.log``.

    :param place: the experiment's folder.
    :param jobs: how many run side by side, unless one is to run alone.
    :param say: told what begins and ends, a line each.
    :param go_on: whether a step that fails leaves alone those that do not need it; all failures are then in
        :attr:`failures`.
    """

    def __init__(self, place: Path, jobs: int, say: Callable[[str], None], *, go_on: bool = False) -> None:
        self._place = place
        self._jobs = jobs
        self._say = say
        self._go_on = go_on
        self.failures: dict[str, str] = {}
        self.spent: dict[str, Spent] = _read(place / RECORD)

    def is_done(self, step: Step) -> bool:
        """Whether the very same command has been through, and what it left is still there."""
        spent = self.spent.get(step.name)
        return spent is not None and spent.command == step.command and step.output.exists()

    def run(self, steps: Sequence[Step]) -> None:
        """Run what is not done yet; run again after a kill, this goes on where it stopped.

        :raises EngineError: a step failed; the others were stopped, and go on by the same command (not with ``go_on``).
        :raises UsageError: the steps do not fit together.
        """
        self.failures = {}
        todo: dict[str, Step] = {}
        for one in in_order(steps):
            if not self.is_done(one) or any(need in todo for need in one.needs):
                todo[one.name] = one
        self._say(f"{len(steps):,} steps, {len(steps) - len(todo):,} of them done already")
        order = TopologicalSorter({name: [need for need in one.needs if need in todo] for name, one in todo.items()})
        order.prepare()
        waiting: list[str] = []
        running: list[_Running] = []
        try:
            while order.is_active():
                for name in sorted(order.get_ready(), key=list(todo).index):
                    if failed := [need for need in todo[name].needs if need in self.failures]:
                        self.failures[name] = f"it needs {failed[0]!r}, which failed"
                        order.done(name)
                    else:
                        waiting.append(name)
                waiting.sort(
                    key=lambda name: not todo[name].alone
                )  # first, or the others would never leave it the machine
                while waiting and self._has_room(todo[waiting[0]], running):
                    self._begin(todo[waiting.pop(0)], running, order)
                for finished in self._wait(running):
                    running.remove(finished)
                    order.done(finished.step.name)
        finally:
            _stop(running)

    def _has_room(self, step: Step, running: Sequence[_Running]) -> bool:
        if step.alone or any(one.step.alone for one in running):
            return not running
        return len(running) < self._jobs

    def _begin(self, step: Step, running: list[_Running], order: TopologicalSorter[str]) -> None:
        try:
            running.append(self._start(step))
        except OSError as error:
            self._fail(step, f"{step.argv[0]} cannot be started: {error.strerror or error}")
            order.done(step.name)

    def _start(self, step: Step) -> _Running:
        log = self._log(step)
        log.parent.mkdir(parents=True, exist_ok=True)
        self._say(f"begins: {step.name}")
        with log.open("wb") as stream:
            # Not by fork: this process may hold threads of torch or Java.
            process = subprocess.Popen(step.argv, stdout=stream, stderr=stream, stdin=subprocess.DEVNULL)
        return _Running(step, process, time.monotonic())

    def _wait(self, running: Sequence[_Running]) -> list[_Running]:
        """Wait until at least one has ended, and record it."""
        while running:
            finished = [one for one in running if self._has_ended(one)]
            if finished:
                return finished
            time.sleep(0.05)
        return []

    def _has_ended(self, one: _Running) -> bool:
        pid, status, usage = os.wait4(one.process.pid, os.WNOHANG)
        if not pid:
            return False
        one.process.returncode = os.waitstatus_to_exitcode(status)
        if one.process.returncode:
            self._fail(one.step, f"{self._last_line(one)}; all that it said is in {self._log(one.step)}")
            return True
        if not one.step.output.exists():
            self._fail(
                one.step, f"it ended well and left no {one.step.output}; all that it said is in {self._log(one.step)}"
            )
            return True
        seconds = time.monotonic() - one.began
        self.spent[one.step.name] = Spent(one.step.command, round(seconds, 1), round(usage.ru_maxrss / _A_MEGABYTE, 1))
        write_json(self._place / RECORD, {name: asdict(spent) for name, spent in self.spent.items()})
        self._say(f"done: {one.step.name} ({seconds:,.0f} s)")
        return True

    def _fail(self, step: Step, why: str) -> None:
        if not self._go_on:
            raise EngineError(f"the step {step.name!r} failed: {why}")
        self.failures[step.name] = why
        self._say(f"failed: {step.name}: {why}")

    def _last_line(self, one: _Running) -> str:
        code = one.process.returncode
        lines = self._log(one.step).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        how = (
            f"it was killed by {signal.Signals(-code).name}"
            if code < 0
            else lines[-1]
            if lines
            else f"exit status {code}"
        )
        return how.rstrip(".")

    def _log(self, step: Step) -> Path:
        return self._place / LOGS / f"{step.name.replace('/', '-').replace(' ', '-')}.log"


def _stop(running: Iterable[_Running]) -> None:
    for one in running:
        if one.process.returncode is None:
            one.process.terminate()
    for one in running:
        if one.process.returncode is None:
            one.process.wait()


def _read(path: Path) -> dict[str, Spent]:
    return {name: Spent(**spent) for name, spent in read_json(path).items()} if path.exists() else {}
