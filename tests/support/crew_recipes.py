"""Recipes and work for crews, in a module of their own, which worker processes can import. Each worker leaves its
process id behind.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyserini_xqg.encode.recipe import EncoderRecipe
from pyserini_xqg.encoder.encoder import Encoder
from pyserini_xqg.errors import GeneratorError, InputError, Location
from pyserini_xqg.expand.generator import Answer, Generator, Unit
from pyserini_xqg.expand.recipe import GeneratorRecipe
from pyserini_xqg.files.lock import building
from pyserini_xqg.languages import Language


def _leave_id(folder: Path) -> None:
    (folder / str(os.getpid())).touch()


def _wait_for_company(ids: Path, number: int, seconds: float = 300) -> None:
    """Until so many workers have begun: on a busy machine the first one could do everything before the second is
    there.
    """
    ends = time.monotonic() + seconds
    while len(list(ids.iterdir())) < number and time.monotonic() < ends:
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class About:
    what: str
    process: int = 0


@dataclass(frozen=True, slots=True)
class Light:
    """A recipe without a model.

    :param fault: what goes wrong when a worker begins.
    """

    ids: Path
    fault: str = ""
    wants_gpu: bool = False

    def open(self, cores: int | None) -> str:
        match self.fault:
            case "no model":
                raise GeneratorError("there is no generator x: give a checkpoint's folder")
            case "bad prompt":
                raise InputError(Location(Path("prompt.toml"), 3), "expected a table")
            case "crash":
                os._exit(1)
            case "bug":
                raise ZeroDivisionError("division by zero")
            case "elsewhere":
                os.chdir("/")
        _leave_id(self.ids)
        return f"{cores} cores"

    def about(self, tool: str) -> About:
        return About(tool, os.getpid() if self.fault == "unlike" else 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Write a file, in three steps.

    :param faults: what goes wrong in the first, second, … try.
    :param ids: where workers leave their ids; given, the work waits until there are two.
    """

    output: Path
    number: int
    faults: tuple[str, ...] = ()
    ids: Path | None = None

    def __str__(self) -> str:
        return f"part {self.number}"


def write(tool: str, piece: Piece) -> Iterator[int]:
    target = piece.output / f"{piece.number}.txt"
    if target.exists():
        return
    with building(target):
        tries = piece.output / f".tries-{piece.number}"
        turn = len(tries.read_text()) if tries.exists() else 0
        tries.write_text("x" * (turn + 1))
        yield 1
        match piece.faults[turn] if turn < len(piece.faults) else "":
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "bug":
                raise ZeroDivisionError("division by zero")
            case "ours":
                raise GeneratorError("the generator gave up")
            case "slow":
                if piece.ids is not None:
                    _wait_for_company(piece.ids, 2)
                time.sleep(0.5)
        yield 10
        target.write_text(f"{piece.number} {os.getpid()}")
        yield 100


class _Slow:
    """A generator that takes its time, and may fail at one passage."""

    def __init__(self, inner: Generator, recipe: SlowRecipe) -> None:
        self._inner, self._recipe = inner, recipe

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def phrases(self, language: Language) -> Sequence[str]:
        return self._inner.phrases(language)

    def generate(self, unit: Unit) -> list[Answer]:
        _wait_for_company(self._recipe.ids, self._recipe.company)
        time.sleep(self._recipe.seconds)
        dies_at = self._recipe.dies_at
        if dies_at and any(text.startswith(dies_at) for text in unit.texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return self._inner.generate(unit)


@dataclass(frozen=True, slots=True)
class SlowRecipe:
    """A real generator that takes its time.

    :param dies_at: the beginning of a passage at which the process is killed.
    :param company: how many workers must have begun before any of them works.
    """

    inner: GeneratorRecipe
    ids: Path
    seconds: float = 0.0
    dies_at: str = ""
    company: int = 1
    wants_gpu: bool = False

    def open(self, cores: int | None) -> Any:
        made = _Slow(self.inner.open(cores), self)
        _leave_id(self.ids)
        return made

    def about(self, generator: Any) -> Any:
        return self.inner.about(generator)


@dataclass(frozen=True, slots=True)
class SlowEncoderRecipe:
    """A real encoder whose process leaves its id, and that takes its time for each batch.

    :param company: how many workers must have begun before any of them works.
    """

    inner: EncoderRecipe
    ids: Path
    seconds: float = 0.0
    company: int = 1
    wants_gpu: bool = False

    def open(self, cores: int | None) -> Any:
        made = _SlowEncoder(self.inner.open(cores), self)
        _leave_id(self.ids)
        return made

    def about(self, encoder: Any) -> Any:
        return self.inner.about(encoder.inner)


class _SlowEncoder:
    def __init__(self, inner: Encoder, recipe: SlowEncoderRecipe) -> None:
        self.inner, self._recipe = inner, recipe

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def encode(self, *given: Any) -> Any:
        _wait_for_company(self._recipe.ids, self._recipe.company)
        time.sleep(self._recipe.seconds)
        return self.inner.encode(*given)
