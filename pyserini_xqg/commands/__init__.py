"""The command line: one thin module a stage. Flags in, one call, a result printed.

Only the module of the stage that was asked for is imported, so that ``--help`` and errors in flags answer at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from pyserini_xqg.errors import InputError, UsageError, XqgError
from pyserini_xqg.machine import turn_off_telemetry


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the command line.

    :param room: the folder of ``commands/`` that its module lies in.
    :param what: what it does, in a line.
    """

    room: str
    what: str


STAGES: dict[str, Stage] = {
    "demo": Stage("ways", "the whole way on the embedded collection and encoder, offline, one table at the end"),
    "doctor": Stage("ways", "what is there, what is missing, how to get it"),
    "dataset": Stage("ways", "a public data set -> corpus, topics, qrels"),
    "expand": Stage(
        "stages", "passages -> queries in other languages, by a model, a server, or out of published files"
    ),
    "lexicon": Stage("stages", "parallel text or a public table -> a dictionary with probabilities"),
    "export": Stage("stages", "a Hugging Face encoder -> an encoder folder (ONNX), checked against the original"),
    "filter": Stage("stages", "generated queries -> those worth encoding, and why the others went"),
    "encode": Stage("stages", "passages and their queries -> a vector store"),
    "index": Stage("stages", "a vector store -> an index at a chosen alpha, fusion and choice of languages"),
    "index-sparse": Stage("stages", "corpus and queries -> a BM25 index with a field a language"),
    "rebuild": Stage("ways", "an index's xqg.json -> the same index again, every input checked by its hash"),
    "build": Stage("ways", "a corpus and a generator -> an index: expand, filter, encode and index in one go"),
    "tune": Stage("studies", "a vector store, with or without dev topics -> scores over alpha and kappa, and the best"),
    "tune fields": Stage(
        "studies", "a BM25 index and dev topics -> the score of every weighting of its fields and the best one"
    ),
    "tune fusion": Stage("studies", "runs and dev topics -> the weights to fuse the runs with"),
    "train generator": Stage(
        "training", "passages and the queries that people asked of them -> a model that writes queries"
    ),
    "train retriever": Stage(
        "training", "queries and their passages, or queries alone -> an encoder that bears misspellings, or finds more"
    ),
    "search": Stage("stages", "Pyserini's own search (faiss, lucene, hybrid), with our encoders and indexes known"),
    "inspect": Stage("studies", "one question -> its hits with and without xQG, and what each score is made of"),
    "fuse": Stage("stages", "runs of several systems -> one run, by reciprocal ranks or interpolation"),
    "encode-queries": Stage("stages", "topics -> the folder that Pyserini's --encoded-queries reads"),
    "perturb": Stage("studies", "topics -> misspelled, reordered, shortened, rewritten or paraphrased topics"),
    "evaluate": Stage("stages", "runs + qrels -> R@kt, R@k, MRR, nDCG, per language, with significance"),
    "robustness": Stage(
        "studies", "runs on clean and on perturbed topics -> what robustness costs, per language and family"
    ),
    "reproduce": Stage("studies", "a whole experiment: from the public data to tables and plots, by one command"),
}
"""Each stage, of one word or two; its module is called as it is, with dashes and spaces as underscores."""


ADVANCED = "(advanced)"
"""What the title of a group of flags ends in that most runs do not need."""


class Command(Protocol):
    """What a stage's module provides."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the stage's flags."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and give the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one stage; errors that are the user's to mend are one line on stderr.

    :returns: the exit status: 0, or 1 after an error, or 2 for flags that do not go together.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(_overview())
        return 0 if arguments else 2
    if arguments[0] == "--version":
        from importlib.metadata import version

        print(version("pyserini-xqg"))
        return 0
    stage = " ".join(arguments[:2]) if " ".join(arguments[:2]) in STAGES else arguments[0]
    if stage not in STAGES:
        print(f"pyserini-xqg: there is no stage {stage!r}\n\n{_overview()}", file=sys.stderr)
        return 2
    turn_off_telemetry()
    command = load(stage)
    parser = argparse.ArgumentParser(prog=f"pyserini-xqg {stage}", description=STAGES[stage].what, allow_abbrev=False)
    command.add_arguments(parser)
    parser.usage = _short_usage(parser)
    try:
        return command.run(parser.parse_args(arguments[len(stage.split()) :]))
    except UsageError as error:
        print(f"pyserini-xqg {stage}: {error}", file=sys.stderr)
        return 2
    except XqgError as error:
        prefix = "" if isinstance(error, InputError) else f"pyserini-xqg {stage}: "
        print(f"{prefix}{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"pyserini-xqg {stage}: stopped; the same command goes on from here", file=sys.stderr)
        return 130


def load(stage: str) -> Command:
    """Import the module of a stage.

    :raises KeyError: there is no such stage.
    """
    name = stage.replace("-", "_").replace(" ", "_")
    return cast(Command, import_module(f"pyserini_xqg.commands.{STAGES[stage].room}.{name}"))


def _short_usage(parser: argparse.ArgumentParser) -> str | None:
    """The usage without the flags of groups called advanced, which would bury the others; None where there are none
    such.
    """
    advanced = [
        action
        for group in parser._action_groups
        if (group.title or "").endswith(ADVANCED)
        for action in group._group_actions
    ]
    if not advanced:
        return parser.usage
    shown = [action for action in parser._actions if action not in advanced]
    apart = [group for group in parser._mutually_exclusive_groups if group._group_actions[0] in shown]
    formatter = parser._get_formatter()
    formatter.add_usage(None, shown, apart, prefix="")
    return f"{formatter.format_help().rstrip()} [advanced flags]".replace("%", "%%")


def _overview() -> str:
    width = max(map(len, STAGES))
    stages = "\n".join(f"  {name:<{width}}  {stage.what}" for name, stage in STAGES.items())
    return f"usage: pyserini-xqg STAGE [flags]\n\nstages:\n{stages}\n\npyserini-xqg STAGE --help tells a stage's flags."
