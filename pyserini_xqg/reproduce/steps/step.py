"""A step of an experiment: one command, what it leaves, and what must be there before. Pure."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from pyserini_xqg.errors import UsageError

OURS = ("pyserini-xqg",)
"""The program of a stage of this package."""
MODULE = ("python", "-m")
"""The program of a module, such as one of Pyserini's."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, or several that one process runs one after the other.

    :param name: what it is called in records and messages; no two steps share one.
    :param commands: the words of each, its program first.
    :param output: the file or folder that is there, whole, once it is done.
    :param needs: names of the steps that come before.
    :param alone: it keeps all cores busy by itself; nothing runs beside it, since two such take longer side by side
        than one after the other.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    output: Path
    needs: tuple[str, ...] = ()
    alone: bool = False

    @property
    def command(self) -> str:
        """The command lines, to copy."""
        return "\n".join(map(shlex.join, self.commands))

    @property
    def argv(self) -> tuple[str, ...]:
        """The process to start: this very Python, whatever ``PATH`` says."""
        if len(self.commands) > 1:
            return (sys.executable, "-m", "pyserini_xqg.commands.series", json.dumps(self.commands))
        (words,) = self.commands
        if words[: len(OURS)] == OURS:
            return (sys.executable, "-m", "pyserini_xqg", *words[len(OURS) :])
        return (sys.executable, *words[1:]) if words[: len(MODULE)] == MODULE else words


def step(name: str, *words: str | Path, output: Path, needs: Sequence[str] = (), alone: bool = False) -> Step:
    """A step of one of our stages, whose command ends with ``--output``."""
    return Step(name, ((*OURS, *map(str, words), "--output", str(output)),), output, tuple(needs), alone)


def in_order(steps: Sequence[Step]) -> list[Step]:
    """The steps, each after those that it needs, otherwise as given.

    :raises UsageError: two share a name, a need names none of them, or they need each other in a circle.
    """
    by_name = {one.name: one for one in steps}
    if len(by_name) < len(steps):
        twice = next(one.name for place, one in enumerate(steps) if one.name in {other.name for other in steps[:place]})
        raise UsageError(f"two steps are called {twice!r}; each needs a name of its own")
    for one in steps:
        if unknown := [need for need in one.needs if need not in by_name]:
            raise UsageError(f"{one.name!r} needs {unknown[0]!r}, and there is no such step")
    try:
        return [by_name[name] for name in TopologicalSorter({one.name: one.needs for one in steps}).static_order()]
    except CycleError as error:
        raise UsageError(f"these steps need each other in a circle: {' -> '.join(error.args[1])}") from error
