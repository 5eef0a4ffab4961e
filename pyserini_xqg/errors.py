"""The few errors that this package raises on purpose.

Each carries one sentence for the person at the terminal: what was found, where, and what to do. The command line prints
it without a traceback; from Python it is an ordinary exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path


class XqgError(Exception):
    """Base of every error that is the user's to mend."""

    def __reduce__(self) -> tuple[object, ...]:
        # It may come from another process. Pickle would call the constructor with the message alone, and some take
        # more.
        return type(self).__new__, (type(self), *self.args), self.__dict__


class UsageError(XqgError):
    """Flags or arguments that do not go together."""


class SetupError(XqgError):
    """Something outside the project is missing or wrong: Java, FAISS, a package, a model."""


class OutputError(XqgError):
    """An output place that cannot be written, or that holds something else's results."""


class BusyError(OutputError):
    """An output place that another process is writing at this moment."""


class EngineError(XqgError):
    """Workers that cannot be had, or that fail again and again at the same piece of work."""


class EncoderError(XqgError):
    """An encoder folder that is broken, does not match, or produced numbers that are not finite."""


class GeneratorError(XqgError):
    """A generator that cannot be loaded, cannot be reached, or has used up its budget."""


class TrainingError(XqgError):
    """A training that cannot go on: a loss that is no number, too little memory, or a checkpoint that does not fit."""


class StoreError(XqgError):
    """A vector store or an index that is incomplete, damaged, or of another make."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the input something was found. ``line`` counts from 1; 0 stands for the whole file."""

    path: Path
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


class InputError(XqgError):
    """Bad input, named by file and line.

    :param where: the file and line.
    :param problem: what was found and what was expected there, one sentence without the location.
    """

    def __init__(self, where: Location, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"{where}: {problem}")


def listed(numbers: Sequence[int], most: int = 10) -> str:
    """Ascending numbers of parts for people, runs of them drawn together, such as ``0-2, 7``.

    :param most: at most so many runs; what is left out is counted.
    """
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    shown = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:most])
    rest = sum(map(len, runs[most:]))
    return f"{shown}, … ({rest} more)" if rest else shown


def first_line(error: BaseException) -> str:
    """The first line of a library's message that says something; the error's kind where there is none."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
