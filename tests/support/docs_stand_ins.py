"""What a test cannot run on this machine as it stands in a page: the whole list, with what is looked at instead.

A command that is not told here runs as it stands.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution

from docs_pages import ROOT

from pyserini_xqg.commands import STAGES, load


@dataclass(frozen=True, slots=True)
class Told:
    """The command was looked at and not run; ``why``."""

    why: str


@dataclass(frozen=True, slots=True)
class Isolated:
    """The command runs in a process and environment of its own; ``words`` follow the interpreter."""

    words: Sequence[str]


def stand_in(argv: list[str]) -> list[str] | Told | Isolated:
    """What is done for a command: the command itself, perhaps made lighter; or nothing but a look at it."""
    for fits, instead in _TABLE:
        if fits(argv):
            return instead(argv)
    return argv


def _pip(argv: Sequence[str]) -> Told:
    """No registry is asked for: the extras are this project's, and other packages are installed."""
    assert argv[1] == "install", argv
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for word in argv[2:]:
        if own := re.fullmatch(r"(?:pyserini-xqg|\.)\[([\w,]+)\]", word):
            assert set(own[1].split(",")) <= known.keys(), word
        elif not word.startswith("-"):
            distribution(word)
    return Told("pip")


def _make(argv: Sequence[str]) -> Told:
    """`make` installs torch or runs all tests: the targets are there."""
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(argv) == 2, argv
    assert argv[1] in targets, argv
    return Told("make")


def _downloads(argv: Sequence[str]) -> Told:
    """Nothing is downloaded: the same address is a step of a matrix that `reproduce` knows."""
    source = argv[-1] if argv[0] == "curl" else argv[2]
    assert any(
        source in path.read_text(encoding="utf-8")
        for path in (ROOT / "pyserini_xqg" / "resources" / "matrices").glob("*.yaml")
    ), source
    return Told("download")


def _parsed(argv: Sequence[str]) -> Told:
    """A cluster or a GPU: the flags are the stage's. What they do is tested in tests/engines and tests/train."""
    words = list(argv[1:])
    stage = " ".join(words[:2]) if " ".join(words[:2]) in STAGES else words[0]
    command = load(stage)
    parser = argparse.ArgumentParser(prog=stage, allow_abbrev=False)
    command.add_arguments(parser)
    parser.parse_args(words[len(stage.split()) :])
    return Told("parsed")


def _dry(argv: list[str]) -> list[str]:
    """A whole experiment takes hours: its steps are planned and printed."""
    return [*argv, "--dry-run"]


def _few_steps(argv: list[str]) -> list[str]:
    """A training by the defaults takes minutes even with a tiny model."""
    return [*argv, "--steps", "2"]


def _no_plots(argv: list[str]) -> list[str]:
    """Plots take a quarter of a minute; README's report draws some."""
    return [*argv, "--no-plots"]


def _apart(argv: Sequence[str]) -> Isolated:
    """The hook goes into an environment's site-packages, and Java reads PYSERINI_XQG_ENCODER when it starts."""
    return Isolated(argv[1:] if argv[0] == "python" else ["-m", "pyserini_xqg", *argv[1:]])


def _training(argv: Sequence[str]) -> bool:
    return argv[1:2] == ["train"] and "--steps" not in argv and "--epochs" not in argv


type Fits = Callable[[Sequence[str]], bool]

_TABLE: tuple[tuple[Fits, Callable[[list[str]], list[str] | Told | Isolated]], ...] = (
    (lambda argv: argv[0] == "pip", _pip),
    (lambda argv: argv[0] == "make", _make),
    (lambda argv: argv[0] in {"curl", "hf"}, _downloads),
    (lambda argv: "ray" in argv and "--engine" in argv, _parsed),
    (lambda argv: "fp16" in argv, _parsed),
    (lambda argv: argv[1:2] == ["reproduce"] and not {"--list", "--dry-run", "--display-commands"} & {*argv}, _dry),
    (_training, _few_steps),
    (lambda argv: argv[1:2] == ["robustness"] and "--baseline" in argv, _no_plots),
    (lambda argv: "--install-hook" in argv or "--onnx-encoder" in argv, _apart),
)
