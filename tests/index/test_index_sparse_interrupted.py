"""Killed, raced or starved, a BM25 index is whole or not there; and indexing takes no more memory for more passages."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import forked
import pytest
from bm25_index import DEMO
from small_disk import mounted
from tiny_corpus import environment, generated_queries, passages, start_xqg, write_jsonl, xqg
from watching import Watched, stop_where

NUMBER = 15_000
"""So many that there is time for a kill while Java writes."""
FEW = 6_000
"""A stopped process waits, and some 2 MB do not fit into 300 kB either."""


def flags(folder: Path, number: int) -> list[str | Path]:
    corpus = write_jsonl(folder / "corpus.jsonl", passages(number))
    queries = write_jsonl(folder / "queries.jsonl", generated_queries(number))
    return ["--corpus", corpus, "--queries", queries, "--threads", "1"]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    return flags(tmp_path_factory.mktemp("inputs"), NUMBER)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    return flags(tmp_path_factory.mktemp("few"), FEW)


def start(inputs: list[str | Path], output: Path) -> Watched:
    return start_xqg("index-sparse", *inputs, "--output", output)


def partials(folder: Path) -> list[Path]:
    return list(folder.glob(".xqg-partial-*"))


def test_killed_midway_there_is_no_index_and_what_is_left_is_never_searched(inputs: list[str | Path], tmp_path: Path):
    output = tmp_path / "index"
    process = start(inputs, output)
    # Lucene has begun to write: its files, and what names the fields, are there.
    stop_where(
        process,
        lambda: any(
            path.suffix in {".fdt", ".tim", ".doc", ".tmp"} for found in partials(tmp_path) for path in found.iterdir()
        ),
    )
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not output.exists()
    (partial,) = partials(tmp_path)
    left = partial
    assert (partial / "xqg.json").is_file()
    for place, said in (  # by its name, and by what it lacks
        (partial, "is what a run that was stopped left behind, and not a whole index"),
        (
            tmp_path / "renamed",
            "was never finished (index-sparse was killed there); remove it and build the index again",
        ),
    ):
        left = left.rename(place)
        done = xqg(
            "search", "lucene", "--index", place, "--topics", DEMO / "topics.ar.tsv", "--output", tmp_path / "run.txt"
        )
        assert done.returncode == 1
        assert said in done.stderr
        assert not (tmp_path / "run.txt").exists()
    left.rename(partial)
    done = xqg("index-sparse", *inputs, "--output", output)
    assert done.returncode == 0, done.stderr
    assert f"{NUMBER:,} passages" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["index"], "and the leftover is gone"


def test_two_indexers_on_one_folder(few: list[str | Path], tmp_path: Path):
    first = start(few, tmp_path / "index")
    stop_where(first, lambda: partials(tmp_path))
    try:
        second = xqg("index-sparse", *few, "--output", tmp_path / "index")
        assert second.returncode == 1
        assert f"is being built by another process (process {first.pid} on " in second.stderr
        assert len(second.stderr.splitlines()) == 1
    finally:
        first.send_signal(signal.SIGCONT)
    _, errors = first.communicate(timeout=300)
    assert first.returncode == 0, errors
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 300) as place:
        yield place


def test_a_full_disk_leaves_nothing_and_is_named(few: list[str | Path], small_disk: Path):
    done = xqg("index-sparse", *few, "--output", small_disk / "index")
    assert done.returncode == 1
    assert "the index could not be written in" in done.stderr
    assert "free some space or choose another --output" in done.stderr
    assert "java:" not in done.stderr
    assert list(small_disk.iterdir()) == []


LIMITED = """
import resource, sys
from pyserini_xqg.commands import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("limit", [20_000, 200_000], ids=["20 kB", "200 kB"])
def test_a_write_that_the_system_refuses_leaves_nothing(few: list[str | Path], tmp_path: Path, limit: int):
    """A limit on file sizes, which needs no root."""
    words = ["index-sparse", *few, "--output", tmp_path / "index"]
    done = forked.run(["-c", LIMITED, str(limit), *words], environment())
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert "java:" not in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


PEAK = """
import re, resource, sys
from pyserini_xqg.commands import main
assert main(sys.argv[1:]) == 0
if sys.platform == "darwin":
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
else:  # there the number above begins with what the parent held; what a fork begins with is the same for both
    peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
print("peak", peak)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path):
    """Four times the passages under one ceiling of Java's heap, which is smaller than the larger corpus."""
    peaks = []
    for number in (10_000, 40_000):
        folder = tmp_path / str(number)
        corpus = write_jsonl(
            folder / "c.jsonl", ({**record, "contents": record["contents"] * 4} for record in passages(number))
        )
        queries = write_jsonl(folder / "q.jsonl", generated_queries(number))
        flags = [
            "index-sparse",
            "--corpus",
            corpus,
            "--queries",
            queries,
            "--output",
            folder / "index",
            "--threads",
            "1",
        ]
        done = forked.run(["-c", PEAK, *map(str, flags)], environment(JAVA_TOOL_OPTIONS="-Xmx48m"), seconds=600)
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout.split("peak ")[1]) / 1024)
        size = sum(path.stat().st_size for path in (corpus, queries)) / 2**20
    assert size > 48
    assert peaks[1] - peaks[0] < 32, peaks
