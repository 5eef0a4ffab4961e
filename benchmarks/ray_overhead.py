"""What a Ray cluster of this machine costs beside processes of its own, and that it makes the same bytes.

The same work three ways: one process with all cores, one process a core with a part each (`--shard-id`), and Ray with
one worker a core. Each is a command run from its start to its end. Then each runs once more where there is nothing left
to make: that is what starting takes, loading the model included, and the rest is the work. `expand` is mT5-small's
shape in 8 bits with random weights, `encode` is e5-small with XQuAD's questions.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common import flags, head, say, table, work_folder
from generate import random_mt5
from timing import in_turns
from xquad_data import prepare_data

from pyserini_xqg.machine import available_cores

_CORES = available_cores()


@dataclass(frozen=True, slots=True)
class Way:
    """A way to do the work.

    :param commands: the flags of each process; they run side by side.
    """

    title: str
    commands: tuple[tuple[str, ...], ...]


_ONE_A_CORE = tuple(("--threads", "1", "--shard-id", str(part), "--shard-num", str(_CORES)) for part in range(_CORES))
_WAYS = (
    Way(f"one process, {_CORES} threads", (("--threads", str(_CORES)),)),
    Way(f"{_CORES} processes, a part each", _ONE_A_CORE),
    Way(f"Ray, {_CORES} workers", (("--engine", "ray", "--ray-workers", str(_CORES), "--ray-cpus", "1"),)),
)


def main() -> None:
    """Print a table a stage."""
    args = flags(__doc__).parse_args()
    head("A Ray cluster of one machine beside its own processes", args)
    with work_folder(args) as work:
        data = prepare_data(work)
        corpus = work / "ray-corpus.jsonl"
        lines = (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        corpus.write_text("".join(lines[: 16 if args.quick else 128]), encoding="utf-8")
        generator = random_mt5(work / "mt5-shape")
        sizes = [
            "--chunk-size",
            "8",
            "--shard-size",
            "8",
            "--queries-per-language",
            "5",
            "--max-tokens-per-query",
            "32",
        ]
        expand = [
            "expand",
            "--corpus",
            corpus,
            "--languages",
            "ar",
            "--generator",
            generator,
            "--precision",
            "int8",
            *sizes,
        ]
        number = "120" if args.quick else "15"
        queries = [] if args.quick else ["--queries", data / "queries.jsonl"]
        encode = [
            "encode",
            "--corpus",
            data / "corpus.jsonl",
            *queries,
            "--encoder",
            "e5-small",
            "--shard-size",
            number,
        ]
        for name, words in (("expand: mT5-small's shape, int8", expand), ("encode: e5-small", encode)):
            print(f"### {name}\n\n{_measure([str(word) for word in words], work)}", flush=True)


def _measure(words: Sequence[str], work: Path) -> str:
    outputs = {way.title: work / f"ray-{words[0]}-{position}" for position, way in enumerate(_WAYS)}
    for output in outputs.values():
        shutil.rmtree(output, ignore_errors=True)
    sides = {way.title: (lambda way=way: _run(words, way, outputs[way.title])) for way in _WAYS}
    say(f"{words[0]}: everything to make")
    whole = in_turns(sides, 1)
    say(f"{words[0]}: nothing left to make")
    idle = in_turns(sides, 1)
    trees = {title: _tree(output) for title, output in outputs.items()}
    first = next(iter(trees.values()))
    best = min(whole[title].best - idle[title].best for title in outputs)
    rows = []
    for title, tree in trees.items():
        working = whole[title].best - idle[title].best
        same = "yes" if tree == first else "NO"
        rows.append(
            [
                title,
                f"{whole[title].best:.1f}",
                f"{idle[title].best:.1f}",
                f"{working:.1f}",
                f"{100 * (working / best - 1):+.1f}",
                same,
            ]
        )
    return table(["", "whole, s", "start, s", "work, s", "work beside the best, %", "same bytes"], rows)


def _run(words: Sequence[str], way: Way, output: Path) -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    commands = [[sys.executable, "-m", "pyserini_xqg", *words, "--output", str(output), *more] for more in way.commands]
    running = [subprocess.Popen(command, env=environment, stdout=sys.stderr) for command in commands]
    if any([process.wait() for process in running]):
        raise SystemExit(f"{way.title} failed")


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


if __name__ == "__main__":
    main()
