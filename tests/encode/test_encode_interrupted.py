"""Killed, split, starved and raced, a store ends up byte for byte as from one unbroken run."""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from encode_stage import NUMBER, SHARDS, Stage, finished, holds_a_shard, partials
from small_disk import mounted
from tiny_corpus import passages, tree, write_jsonl, xqg
from watching import stop_where


def test_killed_again_and_again_it_ends_as_if_nothing_had_happened(
    stage: Stage, unbroken: dict[str, bytes], tmp_path: Path
):
    """``kill -9`` of the real command: at random moments of its whole life, and three times in the middle of writing a
    shard.
    """
    store, chance = tmp_path / "store", random.Random(20)
    killed = halves = 0
    for turn in range(9):
        process = stage.start(store)
        if turn % 3 == 2:
            stop_where(process, lambda: partials(store / "shards"))
        else:
            before = finished(store)
            stop_where(process, lambda before=before: finished(store) > before)
            if turn % 3 == 1:
                process.send_signal(signal.SIGCONT)
                time.sleep(chance.random() * 0.05)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        halves += bool(partials(store))
        assert not store.exists() or all(name in unbroken for name in tree(store) if "/." not in f"/{name}"), (
            "no shard under its name that is not whole"
        )
    assert killed >= 5
    assert halves >= 1
    assert 0 < finished(store) < SHARDS, "killed during the run"
    assert stage.finish(store) == unbroken


def test_killed_before_its_first_shard(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    store, chance = tmp_path / "store", random.Random(21)
    for _ in range(3):
        process = stage.start(store)
        time.sleep(chance.uniform(0.05, 0.6))
        process.kill()
        process.communicate()
    assert stage.finish(store) == unbroken


def test_what_a_kill_just_before_the_end_leaves_is_cleared(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    """Every shard is there, and so are what was half written and the locks; the same command tidies up."""
    store = tmp_path / "store"
    stage.finish(store)
    (store / ".xqg-partial-store.json-0123abcd").write_text("{")
    (store / "shards" / ".xqg-partial-00003-0123abcd").mkdir()
    (store / "shards" / ".xqg-partial-00003-0123abcd" / "passages.npy").write_bytes(b"half")
    (store / "shards" / ".lock-00029").write_text("process 1 on nowhere")
    assert stage.finish(store) == unbroken


@pytest.mark.parametrize("number", [2, 5])
def test_any_division_into_parts_gives_the_same_store(
    stage: Stage, unbroken: dict[str, bytes], tmp_path: Path, number: int
):
    store = tmp_path / "store"
    for turn, part in enumerate(random.Random(number).sample(range(number), number), 1):
        done = stage.run(store, "--shard-id", str(part), "--shard-num", str(number))
        assert done.returncode == 0, done.stderr
        assert f"shards made now {SHARDS // number}, there before 0, of {SHARDS}" in done.stdout
        assert (f"{turn * SHARDS // number} of {SHARDS} shards there; missing: " in done.stdout) == (turn < number)
        assert ("next:" in done.stdout) == (turn == number)
    assert tree(store) == unbroken


def test_parts_at_the_same_time_give_the_same_store(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    parts = [stage.start(tmp_path / "store", "--shard-id", str(part), "--shard-num", "2") for part in range(2)]
    for part in parts:
        _, errors = part.communicate(timeout=120)
        assert part.returncode == 0, errors
    assert tree(tmp_path / "store") == unbroken


def test_two_processes_on_one_part_do_no_harm(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    """Whoever comes to a shard that the other is writing says so and stops; the other is not disturbed."""
    store = tmp_path / "store"
    processes = [stage.start(store) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0 or "is being written by another process" in errors, errors
        assert "Traceback" not in errors
    assert 0 in {process.returncode for process in processes}
    assert stage.finish(store) == unbroken


def test_a_lock_holds_while_its_process_lives_and_no_longer(stage: Stage, unbroken: dict[str, bytes], tmp_path: Path):
    store = tmp_path / "store"
    first = stage.start(store)
    stop_where(first, lambda: holds_a_shard(store))
    try:
        before = tree(store)
        second = stage.run(store)
        assert second.returncode == 1
        assert f"is being written by another process (process {first.pid} on " in second.stderr
        assert "wait for it, or give each process its own --shard-id" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        assert tree(store) == before
    finally:
        first.kill()
        first.communicate()
    assert stage.finish(store) == unbroken


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", 200) as place:
        yield place


def test_a_full_disk_keeps_what_is_whole(stage: Stage, unbroken: dict[str, bytes], small_disk: Path):
    store = small_disk / "store"
    for _ in range(2):
        done = stage.run(store)
        assert done.returncode == 1
        assert "could not be written" in done.stderr
        assert "free some space or choose another place and run the same command again" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert 0 < finished(store) < SHARDS
        assert not partials(store)
        assert {name: data for name, data in tree(store).items() if ".lock-" not in name}.items() <= unbroken.items()
    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    assert stage.finish(store) == unbroken


def test_a_disk_too_full_for_anything(stage: Stage, small_disk: Path):
    (small_disk / "filler").write_bytes(bytes(192 * 1024))
    filler = (small_disk / "filler").open("ab", buffering=0)
    with filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(bytes(4096))
    done = stage.run(small_disk / "store")
    assert done.returncode == 1
    assert "could not be written: No space left on device" in done.stderr
    assert not tree(small_disk / "store")


def test_a_write_that_the_system_refuses_keeps_what_is_whole(stage: Stage, tmp_path: Path):
    """A limit on file sizes, which needs no root: the fourth shard has one docid that makes its list of docids too
    long.
    """
    records = passages(NUMBER)
    records[3 * NUMBER // SHARDS]["id"] = "long" * 5000
    flags = [
        "encode",
        "--corpus",
        write_jsonl(tmp_path / "c.jsonl", records),
        "--encoder",
        stage.encoder,
        "--shard-size",
        str(NUMBER // SHARDS),
        "--output",
    ]
    limited = xqg(
        *flags, tmp_path / "store", before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))
    )
    assert limited.returncode == 1
    assert "shards/00003 could not be written: File too large" in limited.stderr
    assert finished(tmp_path / "store") == 3
    assert not partials(tmp_path / "store")
    for store in (tmp_path / "store", tmp_path / "whole"):
        assert xqg(*flags, store).returncode == 0
    assert tree(tmp_path / "store") == tree(tmp_path / "whole")
