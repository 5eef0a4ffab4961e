"""The stage ``encode`` as a user runs it, watched from outside."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

from tiny_corpus import command, environment, generated_queries, passages, tree, write_jsonl, xqg

NUMBER = 600
SHARDS = 30
LANGUAGES = ("ar", "ja")


class Stage:
    """The stage on one corpus with the tiny encoder, each time to another store."""

    def __init__(self, folder: Path, encoder: Path) -> None:
        self.corpus = write_jsonl(folder / "corpus.jsonl", passages(NUMBER))
        self.queries = write_jsonl(folder / "queries.jsonl", generated_queries(NUMBER, LANGUAGES))
        self.encoder = encoder

    def flags(self, output: Path, *more: str | Path) -> list[str | Path]:
        given = ["--corpus", self.corpus, "--queries", self.queries, "--encoder", self.encoder, "--output", output]
        return ["encode", *given, "--shard-size", str(NUMBER // SHARDS), *more]

    def run(self, output: Path, *more: str | Path, **options) -> subprocess.CompletedProcess[str]:
        return xqg(*self.flags(output, *more), **options)

    def start(self, output: Path, *more: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command(*self.flags(output, *more)),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, output: Path, *more: str | Path) -> dict[str, bytes]:
        done = self.run(output, *more)
        assert done.returncode == 0, done.stderr
        return tree(output)


def holds_a_shard(output: Path) -> bool:
    """Whether the lock of a shard is there, with its holder's name in it."""
    for path in output.glob("shards/.lock-*"):
        with suppress(FileNotFoundError):
            if path.stat().st_size:
                return True
    return False


def finished(output: Path) -> int:
    shards = output / "shards"
    return sum(not entry.name.startswith(".") for entry in shards.iterdir()) if shards.is_dir() else 0


def partials(output: Path) -> list[Path]:
    return list(output.rglob(".xqg-partial-*")) if output.is_dir() else []


def vectors(store: dict[str, bytes]) -> dict[str, bytes]:
    """The store without ``store.json``, which remembers the hash of the input."""
    return {name: data for name, data in store.items() if name != "store.json"}
