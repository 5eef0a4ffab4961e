"""``--engine ray`` as a user meets it: a cluster of this machine that is there for one command, says nothing, and
leaves nothing.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tiny_corpus import besides_progress, command, environment, passages, tree, write_jsonl, xqg
from tiny_generators import write_mt5

NUMBER, GROUPS = 40, 5
RAY = ("--engine", "ray", "--ray-workers", "2")


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    folder = tmp_path_factory.mktemp("input")
    corpus, model = write_jsonl(folder / "corpus.jsonl", passages(NUMBER)), write_mt5(folder / "mt5")
    sizes = [
        "--queries-per-language",
        "2",
        "--chunk-size",
        "2",
        "--shard-size",
        "8",
        "--max-tokens-per-query",
        "8",
        "--precision",
        "fp32",
    ]
    return ["expand", "--corpus", corpus, "--languages", "ar,ja", "--generator", model, *sizes]


@pytest.fixture(scope="module")
def local(flags: list[str | Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], str]:
    folder = tmp_path_factory.mktemp("local")
    done = xqg(*flags, "--output", folder / "o")
    assert done.returncode == 0, done.stderr
    return tree(folder / "o"), done.stdout.replace(str(folder), "")


@pytest.fixture
def quiet(tmp_path: Path) -> dict[str, str]:
    """A home folder of its own, where whatever Ray leaves behind would be found."""
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home")}


def start(words: list[str | Path], **more: str) -> subprocess.Popen[str]:
    def heed_interrupts() -> None:  # a shell's background jobs, such as some CI runs, ignore them and hand that down
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        command(*words),
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )


def wait_until(seen: Callable[[], object], seconds: float = 280) -> None:
    ends = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < ends, "nothing was seen"
        time.sleep(0.01)


def processes(marker: str) -> list[int]:
    """Processes that have ``marker`` in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if marker.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_the_same_bytes_and_nothing_said_and_nothing_left(flags, local, quiet: dict[str, str], tmp_path: Path):
    # A place of its own for what is temporary, since others run at the same time; short, since paths of sockets are.
    with TemporaryDirectory(prefix="t-") as place:
        done = xqg(*flags, "--output", tmp_path / "o", *RAY, TMPDIR=place, **quiet)
        left = list(Path(place).glob("xqg-*"))
    assert (done.returncode, besides_progress(done.stderr)) == (0, "")
    assert done.stdout.replace(str(tmp_path), "") == local[1]
    assert tree(tmp_path / "o") == local[0]
    assert not list((tmp_path / "home").glob(".ray"))
    assert not left
    wait_until(lambda: not processes(str(tmp_path / "home")))


@pytest.mark.slow
def test_killed_with_its_cluster_and_started_again(flags, local, quiet: dict[str, str], tmp_path: Path):
    """``kill -9`` of the driver takes its cluster with it; the same command goes on at once, in parts of its own
    choice.
    """
    output = tmp_path / "o"
    process = start([*flags, "--output", output, *RAY], **quiet)
    wait_until(lambda: list(output.glob(".units-*/*.json")) or process.poll() is not None)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    whole = {name: data for name, data in tree(output).items() if "/." not in f"/{name}"}
    assert whole.items() <= local[0].items()
    done = xqg(*flags, "--output", output, *RAY, "--shard-num", "2", "--shard-id", "1", **quiet)
    assert done.returncode == 0, done.stderr
    assert f"of {GROUPS} files there; missing: " in done.stdout
    done = xqg(*flags, "--output", output)
    assert done.returncode == 0, done.stderr
    assert tree(output) == local[0]


def test_stopped_by_the_user(flags, quiet: dict[str, str], tmp_path: Path):
    process = start([*flags, "--output", tmp_path / "o", *RAY], **quiet)
    wait_until(lambda: (tmp_path / "o").is_dir() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, besides_progress(errors)) == (
        130,
        "pyserini-xqg expand: stopped; the same command goes on from here\n",
    )
    wait_until(lambda: not processes(str(tmp_path / "home")))


def test_a_generator_that_is_not_there(flags, quiet: dict[str, str], tmp_path: Path):
    done = xqg(*flags, "--generator", tmp_path / "none", "--output", tmp_path / "o", *RAY, **quiet)
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"pyserini-xqg expand: there is no generator {tmp_path / 'none'}: give a checkpoint's folder"
    )
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "o").exists()


def test_without_ray_it_says_what_to_install(flags, tiny_encoder: Path, tmp_path: Path):
    (tmp_path / "ray.py").write_text("raise ImportError('none')")
    paths = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    for words in (flags, ["encode", "--corpus", flags[2], "--encoder", tiny_encoder]):
        done = xqg(*words, "--output", tmp_path / "o", "--engine", "ray", PYTHONPATH=paths)
        assert done.returncode == 1
        assert (
            done.stderr == f"pyserini-xqg {words[0]}: --engine ray needs Ray, which is not installed: pip install "
            "'pyserini-xqg[ray]'\n"
        )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--ray-workers", "2"], "--ray-workers is for --engine ray"),
        (["--ray-address", "auto"], "--ray-address is for --engine ray"),
        ([*RAY[:2], "--ray-workers", "0"], "--ray-workers is 0; it must be at least 1"),
        ([*RAY, "--ray-cpus", "0"], "--ray-cpus is 0"),
        ([*RAY, "--ray-gpus", "1.5"], "--ray-gpus is 1.5; it must be a part of one"),
        (
            [*RAY, "--generator", "http://127.0.0.1:9"],
            "a server does the work itself, so --engine ray would add nothing",
        ),
        ([*RAY, "--ray-address", "ray://127.0.0.1:10001"], "run this command on a machine of the cluster"),
        ([*RAY, "--shard-id", "2", "--shard-num", "2"], "the id counts from 0"),
    ],
)
def test_flags_that_cannot_be(flags, tmp_path: Path, more: list[str], said: str):
    done = xqg(*flags, "--output", tmp_path / "o", *more)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "o").exists()


def test_a_cluster_that_is_not_there(flags, tmp_path: Path):
    with socket.socket() as nobody:  # bound, so that nobody else takes the port, and not listening
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        done = xqg(*flags, "--output", tmp_path / "o", "--engine", "ray", "--ray-address", address)
    assert done.returncode == 1
    assert f"the Ray cluster at {address} cannot be joined (Connection refused)" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_published_queries_are_not_for_it(tmp_path: Path):
    done = xqg(
        "expand", "--import", write_jsonl(tmp_path / "q.jsonl", []), "--output", tmp_path / "o", "--engine", "ray"
    )
    assert done.returncode == 2
    assert "--import generates nothing, so there is no work for --engine ray" in done.stderr
